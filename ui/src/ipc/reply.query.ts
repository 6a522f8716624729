import { QueryClient, type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import type { FailureDto } from "./bindings";
import type { CommandName, ReplyOf, RequestOf } from "./commands";
import { asFailure } from "./failure";
import type { Ipc } from "./ipc";
import { useIpc } from "./ipc-context";

type Args<K extends CommandName> = RequestOf<K> extends undefined ? [] : [RequestOf<K>];

/** A cache for one session; it is emptied when the session ends. */
export function makeSessionCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The boundary is local: the network's state says nothing about it, and a refusal stays a refusal.
      queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false, staleTime: 10_000, gcTime: 60_000 },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** How a command is asked and cached. */
export function planReply<K extends CommandName>(ipc: Ipc, name: K, ...request: Args<K>) {
  return {
    queryKey: [name, request[0] ?? null] as const,
    queryFn: () =>
      ipc.call(name, ...request).catch((error: unknown) => {
        throw asFailure(error);
      }),
  };
}

/**
 * A command's reply, cached for the session; what is known stays in view while it is read again.
 * INVARIANT: a reply never stands in for another request's, not even for a moment: it could be another patient's.
 */
export function useReply<K extends CommandName>(name: K, ...request: Args<K>): UseQueryResult<ReplyOf<K>, FailureDto> {
  const ipc = useIpc();
  return useQuery<ReplyOf<K>, FailureDto>(planReply(ipc, name, ...request));
}

/** A command that changes something. */
export function useAct<K extends CommandName>(name: K) {
  const ipc = useIpc();
  return useMutation<ReplyOf<K>, FailureDto, RequestOf<K>>({
    mutationFn: (request) =>
      ipc.call(name, ...((request === undefined ? [] : [request]) as Args<K>)).catch((error: unknown) => {
        throw asFailure(error);
      }),
  });
}

import { QueryClient, type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import type { FailureDto } from "./bindings";
import type { CommandName, ReplyOf, RequestOf } from "./commands";
import { asFailure } from "./failure";
import type { Ipc } from "./ipc";
import { useIpc } from "./ipc-context";

type Args<K extends CommandName> = RequestOf<K> extends undefined ? [] : [RequestOf<K>];

/** The query cache of one session; it is cleared when the session ends. */
export function makeSessionCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Commands are local: the state of the network says nothing about them, and a refusal would only be repeated.
      queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false, staleTime: 10_000, gcTime: 60_000 },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** The query key and function of a command. */
export function ipcQueryOptions<K extends CommandName>(ipc: Ipc, name: K, ...request: Args<K>) {
  return {
    queryKey: [name, request[0] ?? null] as const,
    queryFn: () =>
      ipc.call(name, ...request).catch((error: unknown) => {
        throw asFailure(error);
      }),
  };
}

/**
 * The reply of a command, cached for the session; a cached reply stays in view while it is read again.
 * INVARIANT: a reply is never shown for another request, not even briefly: it could be about another patient.
 */
export function useIpcQuery<K extends CommandName>(
  name: K,
  ...request: Args<K>
): UseQueryResult<ReplyOf<K>, FailureDto> {
  const ipc = useIpc();
  return useQuery<ReplyOf<K>, FailureDto>(ipcQueryOptions(ipc, name, ...request));
}

/** A command that changes data. */
export function useIpcMutation<K extends CommandName>(name: K) {
  const ipc = useIpc();
  return useMutation<ReplyOf<K>, FailureDto, RequestOf<K>>({
    mutationFn: (request) =>
      ipc.call(name, ...((request === undefined ? [] : [request]) as Args<K>)).catch((error: unknown) => {
        throw asFailure(error);
      }),
  });
}

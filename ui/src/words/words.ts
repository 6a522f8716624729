import { useCallback } from "react";
import { useIntl } from "react-intl";
import { en } from "./en";

/** The id of a message in `en/`. */
export type MessageId = keyof typeof en;

/** Values for a message's arguments. */
type MessageValues = Record<string, string | number>;

/** Returns a message in the language of this build. */
export type Say = (id: MessageId, values?: MessageValues) => string;

/** The messages of the one language in this build. */
export const messages: Record<string, string> = en;

/** Gives access to the messages; every visible text comes from here. */
export function useWords(): Say {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, values), [intl]);
}

/** The message for a value of one of Rust's closed lists, or `fallback` if this build does not know the value. */
export function messageFor(prefix: string, word: string, fallback: MessageId): MessageId {
  const id = `${prefix}.${word}`;
  return id in messages ? (id as MessageId) : fallback;
}

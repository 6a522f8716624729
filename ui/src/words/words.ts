import { useCallback } from "react";
import { useIntl } from "react-intl";
import en from "../messages/en.json";

/** The key of a message in `messages/en.json`. */
export type MessageId = keyof typeof en;

/** Values for a message's arguments. */
type MessageValues = Record<string, string | number>;

/** Says a message. */
export type Say = (id: MessageId, values?: MessageValues) => string;

/** The messages of the one language that this build carries. */
export const messages: Record<string, string> = en;

/** Reads messages; every visible word comes through here. */
export function useWords(): Say {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, values), [intl]);
}

/** The key for a word from Rust's closed lists, or `fallback` where this build does not know the word. */
export function messageFor(prefix: string, word: string, fallback: MessageId): MessageId {
  const id = `${prefix}.${word}`;
  return id in messages ? (id as MessageId) : fallback;
}

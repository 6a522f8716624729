import type { CommandName, ReplyOf, RequestOf } from "../commands";

/** One answer per command. */
export type Answers = { [K in CommandName]: (request: RequestOf<K>) => ReplyOf<K> };

/** The answers of one part of the fake. */
export type AnswersOf<K extends CommandName> = Pick<Answers, K>;

import type { CommandName, ReplyOf, RequestOf } from "../commands";

/** One handler per command. */
export type Handlers = { [K in CommandName]: (request: RequestOf<K>) => ReplyOf<K> };

/** The handlers of some commands. */
export type HandlersOf<K extends CommandName> = Pick<Handlers, K>;

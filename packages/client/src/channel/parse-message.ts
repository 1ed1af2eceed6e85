import * as v from "valibot";

/** The message in a text of a peer, where it is one that the schema allows. */
export function parseMessage<Message>(
  schema: v.GenericSchema<unknown, Message>,
  data: string | Uint8Array,
): Message | undefined {
  if (typeof data !== "string") return undefined;
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return undefined;
  }
  const { success, output } = v.safeParse(schema, json);
  return success ? output : undefined;
}

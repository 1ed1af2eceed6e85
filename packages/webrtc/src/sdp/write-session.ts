import type { Attribute, Connection, Media, Session } from "./session.ts";

/** Writes a session description, lines ended by CRLF (RFC 8866 §9). */
export function writeSession(session: Session): string {
  const { origin } = session;
  const lines = [
    "v=0",
    `o=${origin.username} ${origin.sessionId} ${origin.sessionVersion} IN ${origin.addressType} ${origin.address}`,
    `s=${session.name}`,
    ...connectionLines(session.connection),
    "t=0 0",
    ...attributeLines(session.attributes),
    ...session.media.flatMap(mediaLines),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function mediaLines(media: Media): string[] {
  return [
    `m=${media.kind} ${media.port} ${media.protocol} ${media.formats.join(" ")}`,
    ...connectionLines(media.connection),
    ...attributeLines(media.attributes),
  ];
}

function connectionLines(connection: Connection | undefined): string[] {
  return connection ? [`c=IN ${connection.addressType} ${connection.address}`] : [];
}

function attributeLines(attributes: readonly Attribute[]): string[] {
  return attributes.map(({ name, value }) =>
    value === undefined ? `a=${name}` : `a=${name}:${value}`,
  );
}

/** Why an element shows no call, beside what the call in the frame says itself. */
export type EmbedFault = "embedding-refused" | "unreachable" | "malformed";

/** What an element says in the place of a call, to visitors, in their language. */
export function noticeText(fault: EmbedFault, server: string, lang: string): string {
  const notices = /^zh\b/i.test(lang) ? CHINESE : ENGLISH;
  return notices[fault].replace("{server}", server).replace("{page}", location.origin);
}

/** What programs get to read: always the same language. */
export function faultMessage(fault: EmbedFault, server: string): string {
  return noticeText(fault, server, "en");
}

const ENGLISH: Readonly<Record<EmbedFault, string>> = {
  "embedding-refused":
    "{server} does not let this page show its calls: its operator allows that with --embed-origin {page}.",
  unreachable: "There is no answer from the call server {server}.",
  malformed: "This call has no room, or its server is no address.",
};

const CHINESE: Readonly<Record<EmbedFault, string>> = {
  "embedding-refused":
    "{server} 不允许在此页面中显示通话：服务器的运营者可用 --embed-origin {page} 允许。",
  unreachable: "通话服务器 {server} 没有响应。",
  malformed: "此通话没有指定房间，或服务器地址无效。",
};

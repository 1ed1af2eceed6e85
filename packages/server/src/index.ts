export type { CertificateNames, ServerCertificate } from "./certificate/server-certificate.ts";
export type { LogFormat, LogLevel, ServeOptions } from "./options/serve-options.ts";
export { ServerError, type ServerErrorCode } from "./server-error.ts";
export type { ServerUrls } from "./server-urls.ts";
export { type RunningServer, startServer } from "./start-server.ts";

/** An option of coturn that does nothing here. */
export interface ForeignOption {
  /** What to do instead; `undefined` where it asks for what is so anyway. */
  readonly instead: string | undefined;
}

/**
 * The options that coturn has (4.5 to 4.17) and this server has not. Those that would change what
 * clients get are warned of with what to do instead; those that ask for what is so anyway are not.
 */
export const FOREIGN_OPTIONS: ReadonlyMap<string, ForeignOption> = new Map(
  Object.entries<readonly string[]>({
    "": [
      "no-loopback-peers",
      "no-rfc5780",
      "no-stun-backward-compatibility",
      "response-origin-only-with-rfc5780",
      "no-tlsv1",
      "no-tlsv1_1",
      "no-sslv2",
      "no-sslv3",
      "simple-log",
      "no-stdout-log",
      "new-log-timestamp",
      "drop-invalid-packets",
      "no-auth-pings",
      "dtls",
      "no-dynamic-ip-list",
      "no-dynamic-realms",
      "stateless-nonce",
      "unauthorized-ratelimit",
      "udp-recvmmsg",
      "n",
    ],
    "there is no anonymous relay: give user, or static-auth-secret": ["no-auth", "z"],
    "nobody reaches a telnet console here: look at /metrics (prometheus) and the log": [
      "cli",
      "cli-ip",
      "cli-port",
      "cli-password",
      "cli-max-output-sessions",
    ],
    "there is no web page to administer it: change the file and send SIGHUP": [
      "web-admin",
      "web-admin-ip",
      "web-admin-port",
      "web-admin-listen-on-workers",
    ],
    "there is no database: put the users into the file as user=NAME:PASSWORD, or let your web service make time-limited ones with static-auth-secret":
      [
        "userdb",
        "db",
        "b",
        "psql-userdb",
        "sql-userdb",
        "e",
        "mysql-userdb",
        "M",
        "mongo-userdb",
        "J",
        "redis-userdb",
        "N",
        "secret-key-file",
      ],
    "read the numbers from /metrics (prometheus) instead": ["redis-statsdb", "O"],
    "users come by long-term credentials or static-auth-secret, not by OAuth": [
      "oauth",
      "server-name",
    ],
    "the ORIGIN of a client is its own claim, and nothing is decided by it": [
      "check-origin-consistency",
    ],
    "give addresses instead: listening-ip": ["listening-device", "d"],
    "give addresses instead: relay-ip": ["relay-device", "i"],
    "give further addresses as listening-ip; each listens on listening-port and tls-listening-port":
      ["aux-server", "udp-self-balance", "alt-tls-listening-port"],
    "let the proxy pass TCP through; clients then count by the address of the proxy": [
      "tcp-proxy-port",
    ],
    "start several servers on several names, and let your web service hand out their names": [
      "alternate-server",
      "tls-alternate-server",
      "udp-alternate-server",
      "tcp-alternate-server",
      "drain-min-allocations",
    ],
    "one thread does it; start further servers on other ports for further cores": [
      "relay-threads",
      "m",
      "cpus",
      "ne",
      "udp-gso",
      "udp-recvmmsg-log",
    ],
    "set net.core.rmem_max and net.core.wmem_max of the system; what they allow is used": [
      "sock-buf-size",
    ],
    "every allocation has a port of its own": [
      "multiplex-peer",
      "multiplex-peer-port",
      "multiplex-peer-max-peers",
    ],
    "permissions are never left out (RFC 8656 §9): a server on a relayed address has to be asked for by the client":
      ["server-relay"],
    "a client gets IPv4 unless it asks for IPv6 (RFC 8656 §7.2)": [
      "keep-address-family",
      "K",
      "allocation-default-address-family",
      "A",
    ],
    "unlock the key instead: openssl pkey -in FILE -out COPY": ["pkey-pwd"],
    "TLS 1.2 and 1.3 are spoken, with the ciphers and curves that Node takes for safe": [
      "cipher-list",
      "ec-curve-name",
      "dh566",
      "dh1066",
      "dh2066",
      "dh-file",
      "tlsv1",
      "tlsv1_1",
      "no-tlsv1_2",
      "no-tlsv1_3",
      "raw-public-keys",
    ],
    "clients prove themselves as users, not by TLS certificates": ["CA-file"],
    "a certificate is fetched by another program, or by tincan serve --domain": ["acme-redirect"],
    "let systemd or a supervisor run it in the background": ["daemon", "o", "pidfile"],
    "let systemd (User=, DynamicUser=) or a container set the user": ["proc-user", "proc-group"],
    "the log goes to standard error or to log-file, from where systemd and others take it": [
      "syslog",
      "syslog-facility",
      "new-log-timestamp-format",
      "log-min-level",
    ],
    "Binding requests are not logged: /metrics counts them": ["log-binding"],
    "faults are counted in /metrics by their kind, not logged one by one": [
      "drop-invalid-packets-log",
    ],
    "error responses say their number; a reason in words would only make them longer": [
      "include-reason-string",
    ],
    "nonces are signed with a key that is made at each start": ["stateless-nonce-secret"],
    "SOFTWARE is not said to anybody": ["software-attribute"],
    "use stun-backward-compatibility": ["rfc3489-compatibility"],
    "the answers to sources that prove nothing are limited to 50 a second each, always": [
      "unauthorized-ratelimit-rps",
      "401-req-limit",
      "401-window",
    ],
    "an allocation is made at once or not at all; connections that say nothing end after 10 s": [
      "max-allocate-timeout",
    ],
    "the path is /metrics": ["prometheus-path"],
    "labels that grow with the number of users fill the memory; look into the log (verbose)": [
      "prometheus-username-labels",
    ],
    "HTTP on these ports is not answered": ["respond-http-unsupported"],
  }).flatMap(([instead, names]) =>
    names.map((name): [string, ForeignOption] => [name, { instead: instead || undefined }]),
  ),
);

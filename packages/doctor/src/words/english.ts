import type { Words } from "./words.ts";

/** What the doctor says in English. */
export const ENGLISH: Words = {
  examining: "Examining {url}",
  statuses: { good: "good", warning: "WARNING", fault: "FAULT", skipped: "skipped" },
  checks: {
    container: "Container",
    "file-limit": "Open files",
    "relay-range": "Relay ports (settings)",
    "external-ip": "External address",
    name: "Name in the DNS",
    "name-target": "Where the name leads",
    reach: "Connection",
    port: "HTTPS port",
    certificate: "Certificate",
    clock: "Clock",
    tincan: "Tincan server",
    websocket: "WebSocket",
    signaling: "Signaling",
    "ice-servers": "Servers handed out",
    stun: "STUN over UDP",
    "turn-udp": "TURN over UDP",
    "turn-tcp": "TURN over TCP",
    "turn-tls": "TURN over TLS",
    "relay-ports": "Relay ports from here",
    "turn-password": "Wrong TURN password",
    announced: "Announced addresses",
    ipv6: "IPv6",
    browser: "Browser",
    nat: "Network address translation",
    local: "Two connections in this browser",
    line: "Round trip, jitter, loss",
    throughput: "Throughput",
    "ice-restart": "Change of path (ICE restart)",
    resume: "Lost connection to the server",
    camera: "Camera",
    microphone: "Microphone",
    speaker: "Speaker",
  },
  causes: {
    "name-unknown": [
      "The DNS knows no address for {host}.",
      "Check the spelling, or add an A record (and AAAA, if there is IPv6) for it. New records can take an hour to be seen everywhere.",
    ],
    "server-not-running": [
      "Nothing listens on port {port} of this machine: the server is not running.",
      "Start it with tincan serve (or systemctl start tincan), and read its log if it ends at once.",
    ],
    "port-taken": [
      "Another program holds port {port} of this machine, and the server cannot be reached there.",
      "See who it is with ss -ltnp, and stop that program or give the server another --port.",
    ],
    "server-unreachable": [
      "Nobody answers at {place} (the connection is {how}).",
      "Check that the server runs, that the port is right, and that the firewall of the machine and of its provider lets this TCP port in.",
    ],
    "not-https": [
      "Something answers at {place}, but it does not speak HTTPS.",
      "Check the port: plain http listens on another one. A proxy in front has to end TLS on this port.",
    ],
    "clock-wrong": [
      "The clocks of the server and of this machine are {off} apart: certificates and TURN passwords, which are good for a limited time, fail by that.",
      "Let both set their clocks by NTP (timedatectl set-ntp true), then restart the server.",
    ],
    "certificate-expired": [
      "The certificate ended on {until}, and browsers refuse to open the page.",
      "Renew it. tincan serve --domain does so by itself, if port 80 or 443 can be reached from outside; its log says what keeps it from doing so.",
    ],
    "certificate-not-yet-valid": [
      "The certificate is not good before {from}.",
      "Check the clock of the machine that made it, and make it again.",
    ],
    "certificate-wrong-name": [
      "The certificate is for {names}, not for {host}.",
      "Open the page by a name in the certificate, or get one for {host} (tincan serve --domain {host}).",
    ],
    "certificate-untrusted": [
      "Browsers do not trust the certificate's issuer ({issuer}): {why}.",
      "Give the whole chain, with the intermediate certificates after the server's own, or take a certificate from a public authority (tincan serve --domain).",
    ],
    "insecure-page": [
      "http://{host} is not secure, so browsers give no camera and no microphone there.",
      "Open the https address of the server, and lead people there.",
    ],
    "not-tincan": [
      "What answers at {place} is not a Tincan server ({software}).",
      "Check host and port. Behind a proxy, let it pass everything on to the server's --http-port, also /healthz and /socket.io/.",
    ],
    "origin-refused": [
      "The server refuses its own page: a proxy in front changes the Host header.",
      "Let the proxy pass it on (nginx: proxy_set_header Host $host:$server_port), and name the proxy with --behind-proxy.",
    ],
    draining: [
      "The server is about to end, and takes nobody new.",
      "Wait until it has been restarted.",
    ],
    "websocket-blocked": [
      "WebSockets do not come through (answer: {answer}): a proxy in front does not pass the upgrade on.",
      "Let it: nginx needs proxy_http_version 1.1 with the headers Upgrade $http_upgrade and Connection upgrade (see deploy/nginx.conf); Caddy does it by itself.",
    ],
    "signaling-broken": [
      "Two visitors could not meet in a room: {why}.",
      "Read the server's log of this moment. Behind a proxy, /socket.io/ has to be passed on without buffering.",
    ],
    "no-ice-servers": [
      "The server hands out no STUN and no TURN server, so calls work on one network at most.",
      "Leave out --no-turn, or name a server with --turn-url and --turn-secret.",
    ],
    "stun-only": [
      "The server hands out STUN only: whoever is behind a strict NAT or firewall gets no call.",
      "Leave out --no-turn, or add a turn: address with --turn-url and --turn-secret.",
    ],
    "container-address": [
      "The server runs in a container and would announce its inner address {address}, which nobody outside reaches.",
      "Use the host's network (network_mode: host), or give --external-ip with the public address and publish the relay ports.",
    ],
    "stray-external-ip": [
      "--external-ip {external}/{internal} stands for {internal}, which this machine does not have (it has {own}).",
      "Give the address that the machine has behind the slash, or leave the slash out.",
    ],
    "private-address": [
      "Browsers are told to send to {address}, a private address that nobody outside that network reaches.",
      "Give the server --external-ip with its public address, and forward the TURN port and the relay ports to it.",
    ],
    "turn-secret-wrong": [
      "The TURN server refuses the passwords that browsers are given ({url}).",
      "Make the secrets the same: --turn-secret here, and static-auth-secret (with use-auth-secret) of the TURN server. Its clock has to be right, too.",
    ],
    "turn-name-unknown": [
      "The DNS knows no address for the TURN server {url}.",
      "Correct --turn-url, or add the name to the DNS.",
    ],
    "turn-down": [
      "The TURN server does not answer in any way ({url}).",
      "Start it, and open its port in the firewall: UDP and TCP of --turn-port (3478 by default).",
    ],
    "udp-blocked": [
      "UDP does not come through between here and the server, while TCP does.",
      "Open the UDP port of TURN in the firewall of the server and of its provider. If it is this network that blocks UDP, calls from here go through the relay over TCP, a little slower.",
    ],
    "relay-blocked": [
      "The TURN server gives out relays, but no bytes come through them ({url}).",
      "Open the UDP ports of --relay-ports (49152-65535 by default) in the firewall of the server and of its provider, and forward them behind a NAT.",
    ],
    "turn-certificate": [
      "Browsers refuse the certificate of {url}: {why}.",
      "Give the TURN server a certificate for exactly that name, with its whole chain.",
    ],
    "turn-port-closed": [
      "Browsers are told of {url}, but nothing answers there ({why}).",
      "Open that port in the firewall, let the TURN server listen there, or take the address out of --turn-url.",
    ],
    "turn-full": [
      "The TURN server has no room for another relay ({url}).",
      "Widen --relay-ports, or raise the quotas of the TURN server.",
    ],
    "turn-refused": [
      "The TURN server refuses to relay ({url}: {why}).",
      "Read the TURN server's log of this moment.",
    ],
    "stun-silent": [
      "The STUN server does not answer ({url}), so browsers do not learn their public address.",
      "Open its UDP port, or name another one.",
    ],
    "ipv6-broken": [
      "{host} has the IPv6 address {ip}, but the server does not answer there.",
      "Let the server listen on IPv6 and open the firewall for it, or take the AAAA record out of the DNS.",
    ],
    "name-points-elsewhere": [
      "{host} leads to {points}, and this machine has {mine}.",
      "Point the A and AAAA records at this machine; if it is behind a NAT, say so with --external-ip.",
    ],
    "turn-open": [
      "The TURN server lets in whoever comes with a wrong password ({url}): anybody can relay through it, at your cost.",
      "Switch on use-auth-secret (coturn), and remove no-auth.",
    ],
    "certificate-ends-soon": [
      "The certificate ends on {until}.",
      "Renew it now; if it should renew itself, the server's log says what keeps it from doing so.",
    ],
    "clock-off": [
      "The clocks of the server and of this machine are {off} apart.",
      "Let both set their clocks by NTP (timedatectl set-ntp true).",
    ],
    "file-limit": [
      "A process here may hold only {limit} files open; each connection is one.",
      "Raise the limit (LimitNOFILE=65536 in systemd, ulimit -n in a shell).",
    ],
    "few-relay-ports": [
      "The relay ports {ports} are few ({count}), or the TURN port is among them.",
      "Give a wider range, such as --relay-ports 49152-65535.",
    ],
    "certificate-self-signed": [
      "The server made its certificate itself, so each browser warns once before it opens {host}.",
      "On the internet, use tincan serve --domain NAME, which fetches one that browsers trust. At home it is fine as it is.",
    ],
    "no-webrtc": [
      "This browser has no WebRTC, or an extension or a policy has switched it off.",
      "Use a current Chrome, Edge, Firefox or Safari, and look through the extensions for one that blocks WebRTC.",
    ],
    "resume-broken": [
      "After a break the server did not give the seat back: {why}.",
      "Read the server's log of this moment. Behind a proxy or several servers, a visitor has to come to the same server each time.",
    ],
    "webrtc-restricted": [
      "The browser finds no way out of itself: it names no address at all.",
      "Check that the device is on a network, and switch off extensions and VPNs that hide addresses from WebRTC, one after the other.",
    ],
    "only-one-port": [
      "From here only TCP port {port} comes through: neither UDP nor any other port does.",
      "Nothing has to be done: calls go through the relay over that port, a little slower. For better ones, ask whoever runs this network to let UDP out, or use another one.",
    ],
    "strict-nat": [
      "The NAT of this network gives each connection another address, and no relay works that could help.",
      "Mend the TURN server first (see what else was found), or use another network, such as a phone's hotspot.",
    ],
    "restart-broken": [
      "A connection that changes its path does not come back: {why}.",
      "When the network changes, calls from here may have to be made anew. Update the browser, and switch off VPNs that change addresses.",
    ],
    "camera-denied": ["This page may not use the camera.", "{cure} Then test again."],
    "camera-dismissed": [
      "The browser's question about the camera was closed without a yes.",
      "Test the camera again, and choose Allow.",
    ],
    "camera-blocked-by-system": [
      "The system keeps the camera from the browser.",
      "{cure} Then test again.",
    ],
    "camera-missing": ["No camera was found.", "Plug one in, or switch it on, and test again."],
    "camera-in-use": [
      "The camera does not start; another program may be using it.",
      "Close that program (another call, another browser), then test again.",
    ],
    "camera-failed": [
      "The camera does not start ({why}).",
      "Unplug it and plug it in again, or restart the browser, then test again.",
    ],
    "camera-black": [
      "The camera delivers nothing but black.",
      "Open its lid or shutter, look for a camera key on the keyboard, and make sure that it is the right camera.",
    ],
    "camera-frozen": [
      "The camera's picture stands still.",
      "Unplug it and plug it in again, close other programs that use it, then test again.",
    ],
    "microphone-denied": ["This page may not use the microphone.", "{cure} Then test again."],
    "microphone-dismissed": [
      "The browser's question about the microphone was closed without a yes.",
      "Test the microphone again, and choose Allow.",
    ],
    "microphone-blocked-by-system": [
      "The system keeps the microphone from the browser.",
      "{cure} Then test again.",
    ],
    "microphone-missing": ["No microphone was found.", "Plug one in, and test again."],
    "microphone-in-use": [
      "The microphone does not start; another program may be using it.",
      "Close that program, then test again.",
    ],
    "microphone-failed": [
      "The microphone does not start ({why}).",
      "Unplug it and plug it in again, or restart the browser, then test again.",
    ],
    "microphone-silent": [
      "The microphone delivers nothing but silence.",
      "Look for a mute switch on the headset or a microphone key on the keyboard, raise its level in the system's sound settings, and make sure that it is the right one.",
    ],
    "speaker-silent": [
      "The test tone was not heard.",
      "Turn the volume up, see which speaker or headset the system plays through, and make sure that the tab is not muted.",
    ],
    "slow-line": [
      "The line is slow: {rate} there and back at once.",
      "For pictures, use a cable or a better Wi-Fi place, and stop downloads and other calls. Sound alone needs 0.1 Mbit/s.",
    ],
    "lossy-line": [
      "The line is rough: {loss} of the packets get lost, at {jitter} of jitter.",
      "Go nearer to the Wi-Fi, use a cable, and stop downloads on the same line.",
    ],
    "camera-slow": [
      "The camera delivers only {rate} frames a second.",
      "Give it more light, or choose a lower resolution; a slow USB hub may be the reason, too.",
    ],
    "microphone-clipping": [
      "The microphone is so loud that it distorts.",
      "Lower its level in the system's sound settings, or speak from farther away.",
    ],
  },
  allGood: "Everything works: page, signaling, and calls through a relay.",
  labels: {
    cause: "Cause",
    advice: "Works, but",
    fix: "What to do",
    also: "Also found",
    direct: "Direct calls",
  },
  direct: {
    sure: "from this machine to the server there is no NAT: direct calls are all but sure",
    likely: "likely; a strict NAT on one side takes the relay",
    unlikely: "unlikely: the NAT of this network is strict, so most go through the relay",
    never: "not from here: everything goes through the relay",
    unknown: "cannot be told",
  },
};

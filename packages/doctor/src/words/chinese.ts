import type { Words } from "./words.ts";

/** What the doctor says in Chinese. */
export const CHINESE: Words = {
  examining: "正在检查 {url}",
  statuses: { good: "正常", warning: "警告", fault: "故障", skipped: "跳过" },
  checks: {
    container: "容器",
    "file-limit": "可打开文件数",
    "relay-range": "中继端口（设置）",
    "external-ip": "外部地址",
    name: "域名解析",
    "name-target": "域名指向",
    reach: "连接",
    port: "HTTPS 端口",
    certificate: "证书",
    clock: "时钟",
    tincan: "Tincan 服务器",
    websocket: "WebSocket",
    signaling: "信令",
    "ice-servers": "下发的服务器",
    stun: "STUN（UDP）",
    "turn-udp": "TURN（UDP）",
    "turn-tcp": "TURN（TCP）",
    "turn-tls": "TURN（TLS）",
    "relay-ports": "中继端口（从这里）",
    "turn-password": "错误的 TURN 密码",
    announced: "对外公布的地址",
    ipv6: "IPv6",
    browser: "浏览器",
    nat: "地址转换（NAT）",
    local: "浏览器内部的连接",
    line: "往返、抖动与丢包",
    throughput: "吞吐量",
    "ice-restart": "更换路径（ICE 重启）",
    resume: "与服务器断线后恢复",
    camera: "摄像头",
    microphone: "麦克风",
    speaker: "扬声器",
  },
  causes: {
    "name-unknown": [
      "DNS 中查不到 {host} 的地址。",
      "请检查拼写，或为它添加 A 记录（有 IPv6 时再加 AAAA）。新记录可能要一小时才能在各处生效。",
    ],
    "server-not-running": [
      "本机的 {port} 端口没有程序在监听：服务器没有运行。",
      "请用 tincan serve（或 systemctl start tincan）启动它；如果它马上退出，请看日志。",
    ],
    "port-taken": [
      "本机的 {port} 端口被另一个程序占用，在那里连不上服务器。",
      "用 ss -ltnp 看看是谁，停掉那个程序，或给服务器换一个 --port。",
    ],
    "server-unreachable": [
      "{place} 没有应答（连接结果：{how}）。",
      "请检查服务器是否在运行、端口是否正确，以及本机和云服务商的防火墙是否放行这个 TCP 端口。",
    ],
    "not-https": [
      "{place} 有程序应答，但说的不是 HTTPS。",
      "请检查端口：普通 http 在另一个端口。如果前面有代理，要由它在这个端口上处理 TLS。",
    ],
    "clock-wrong": [
      "服务器与本机的时钟相差 {off}：证书和 TURN 密码都有时限，会因此失效。",
      "让两边都用 NTP 校时（timedatectl set-ntp true），然后重启服务器。",
    ],
    "certificate-expired": [
      "证书已于 {until} 过期，浏览器拒绝打开页面。",
      "请续期。tincan serve --domain 会自动续期，前提是外面能访问 80 或 443 端口；日志会说明是什么阻止了它。",
    ],
    "certificate-not-yet-valid": [
      "证书在 {from} 之前还没有生效。",
      "请检查签发证书的机器的时钟，然后重新签发。",
    ],
    "certificate-wrong-name": [
      "证书是给 {names} 的，不是给 {host} 的。",
      "请用证书里的名字打开页面，或为 {host} 申请证书（tincan serve --domain {host}）。",
    ],
    "certificate-untrusted": [
      "浏览器不信任证书的签发者（{issuer}）：{why}。",
      "请提供完整的证书链，中间证书放在服务器证书之后；或使用公共机构签发的证书（tincan serve --domain）。",
    ],
    "insecure-page": [
      "http://{host} 不安全，浏览器在那里不提供摄像头和麦克风。",
      "请打开服务器的 https 地址，并把访客引导到那里。",
    ],
    "not-tincan": [
      "{place} 上应答的不是 Tincan 服务器（{software}）。",
      "请检查主机名和端口。如果前面有代理，让它把所有请求都转给服务器的 --http-port，包括 /healthz 和 /socket.io/。",
    ],
    "origin-refused": [
      "服务器拒绝了它自己的页面：前面的代理改了 Host 头。",
      "让代理原样转发（nginx：proxy_set_header Host $host:$server_port），并用 --behind-proxy 写明代理的地址。",
    ],
    draining: ["服务器即将结束，不再接受新的人。", "请等它重启完成。"],
    "websocket-blocked": [
      "WebSocket 不通（应答：{answer}）：前面的代理没有转发协议升级。",
      "让它转发：nginx 需要 proxy_http_version 1.1，以及 Upgrade $http_upgrade 和 Connection upgrade 两个头（见 deploy/nginx.conf）；Caddy 会自动转发。",
    ],
    "signaling-broken": [
      "两个访客无法在房间里相遇：{why}。",
      "请看服务器此刻的日志。如果前面有代理，/socket.io/ 要不加缓冲地转发。",
    ],
    "no-ice-servers": [
      "服务器没有下发任何 STUN 或 TURN 服务器，通话最多只能在同一个网络内进行。",
      "去掉 --no-turn，或用 --turn-url 和 --turn-secret 指定一台服务器。",
    ],
    "stun-only": [
      "服务器只下发了 STUN：处在严格 NAT 或防火墙后面的人无法通话。",
      "去掉 --no-turn，或用 --turn-url 和 --turn-secret 加上一个 turn: 地址。",
    ],
    "container-address": [
      "服务器运行在容器里，会公布容器内部的地址 {address}，外面没有人能到达。",
      "使用宿主机网络（network_mode: host），或用 --external-ip 给出公网地址并开放中继端口。",
    ],
    "stray-external-ip": [
      "--external-ip {external}/{internal} 对应的 {internal} 不是本机的地址（本机有 {own}）。",
      "斜杠后面请写本机拥有的地址，或去掉斜杠部分。",
    ],
    "private-address": [
      "浏览器被告知发往 {address}，这是私有地址，那个网络之外没有人能到达。",
      "请用 --external-ip 给出服务器的公网地址，并把 TURN 端口和中继端口转发给它。",
    ],
    "turn-secret-wrong": [
      "TURN 服务器拒绝了发给浏览器的密码（{url}）。",
      "让两边的密钥一致：这边的 --turn-secret，和 TURN 服务器的 static-auth-secret（配合 use-auth-secret）。它的时钟也必须正确。",
    ],
    "turn-name-unknown": [
      "DNS 中查不到 TURN 服务器 {url} 的地址。",
      "请更正 --turn-url，或把这个名字加进 DNS。",
    ],
    "turn-down": [
      "TURN 服务器完全没有应答（{url}）。",
      "请启动它，并在防火墙中放行它的端口：--turn-port（默认 3478）的 UDP 和 TCP。",
    ],
    "udp-blocked": [
      "这里与服务器之间 UDP 不通，而 TCP 是通的。",
      "请在服务器和云服务商的防火墙中放行 TURN 的 UDP 端口。如果是这边的网络屏蔽了 UDP，从这里的通话会经 TCP 中继，稍慢一些。",
    ],
    "relay-blocked": [
      "TURN 服务器能分配中继，但数据通不过去（{url}）。",
      "请在服务器和云服务商的防火墙中放行 --relay-ports 的 UDP 端口（默认 49152-65535）；在 NAT 后面时还要做端口转发。",
    ],
    "turn-certificate": [
      "浏览器拒绝 {url} 的证书：{why}。",
      "请给 TURN 服务器一张正好对应这个名字的证书，并带上完整的证书链。",
    ],
    "turn-port-closed": [
      "浏览器被告知使用 {url}，但那里没有应答（{why}）。",
      "请在防火墙中放行那个端口，让 TURN 服务器监听它，或从 --turn-url 中去掉这个地址。",
    ],
    "turn-full": [
      "TURN 服务器没有空余的中继了（{url}）。",
      "请扩大 --relay-ports，或提高 TURN 服务器的配额。",
    ],
    "turn-refused": ["TURN 服务器拒绝中继（{url}：{why}）。", "请看 TURN 服务器此刻的日志。"],
    "stun-silent": [
      "STUN 服务器没有应答（{url}），浏览器因此不知道自己的公网地址。",
      "请放行它的 UDP 端口，或换一台服务器。",
    ],
    "ipv6-broken": [
      "{host} 有 IPv6 地址 {ip}，但服务器在那里没有应答。",
      "让服务器监听 IPv6 并在防火墙中放行，或从 DNS 中删去 AAAA 记录。",
    ],
    "name-points-elsewhere": [
      "{host} 指向 {points}，而本机的地址是 {mine}。",
      "请把 A 和 AAAA 记录指向本机；如果本机在 NAT 后面，请用 --external-ip 说明。",
    ],
    "turn-open": [
      "TURN 服务器接受错误的密码（{url}）：任何人都能用它中继，费用由你承担。",
      "请启用 use-auth-secret（coturn），并去掉 no-auth。",
    ],
    "certificate-ends-soon": [
      "证书将于 {until} 到期。",
      "请现在续期；如果它本应自动续期，日志会说明是什么阻止了它。",
    ],
    "clock-off": [
      "服务器与本机的时钟相差 {off}。",
      "让两边都用 NTP 校时（timedatectl set-ntp true）。",
    ],
    "file-limit": [
      "这里的进程最多只能打开 {limit} 个文件，而每个连接都要占一个。",
      "请提高上限（systemd 中的 LimitNOFILE=65536，或 shell 中的 ulimit -n）。",
    ],
    "few-relay-ports": [
      "中继端口 {ports} 太少（{count} 个），或者 TURN 端口也在其中。",
      "请给一个更宽的范围，例如 --relay-ports 49152-65535。",
    ],
    "certificate-self-signed": [
      "证书是服务器自己签发的，每个浏览器在打开 {host} 之前都会警告一次。",
      "在互联网上请使用 tincan serve --domain NAME，它会申请浏览器信任的证书。在家里用现在这样就可以。",
    ],
    "no-webrtc": [
      "这个浏览器没有 WebRTC，或者它被扩展或策略关掉了。",
      "请使用新版的 Chrome、Edge、Firefox 或 Safari，并检查是否有扩展屏蔽了 WebRTC。",
    ],
    "resume-broken": [
      "断线之后，服务器没有把座位还回来：{why}。",
      "请看服务器此刻的日志。如果前面有代理或有多台服务器，同一个访客每次都要到达同一台。",
    ],
    "webrtc-restricted": [
      "浏览器找不到任何出路：它给不出一个地址。",
      "请确认设备已联网，并逐个关闭会向 WebRTC 隐藏地址的扩展和 VPN。",
    ],
    "only-one-port": [
      "从这里只有 TCP {port} 端口能通：UDP 和其他端口都不通。",
      "不必做什么：通话会经中继走这个端口，稍慢一些。想要更好，请让网络的管理者放行 UDP，或换一个网络。",
    ],
    "strict-nat": [
      "这个网络的 NAT 给每个连接不同的地址，而又没有可用的中继来补救。",
      "请先修好 TURN 服务器（见另外发现的问题），或换一个网络，例如手机热点。",
    ],
    "restart-broken": [
      "更换路径之后，连接没有恢复：{why}。",
      "网络变化时，从这里的通话可能要重新建立。请更新浏览器，并关闭会改变地址的 VPN。",
    ],
    "camera-denied": ["这个页面不能使用摄像头。", "{cure}然后重新测试。"],
    "camera-dismissed": [
      "浏览器关于摄像头的询问被关掉了，没有得到同意。",
      "请重新测试摄像头，并选择“允许”。",
    ],
    "camera-blocked-by-system": ["系统不让浏览器使用摄像头。", "{cure}然后重新测试。"],
    "camera-missing": ["没有找到摄像头。", "请接上或打开摄像头，然后重新测试。"],
    "camera-in-use": [
      "摄像头无法启动，可能正被另一个程序使用。",
      "请关闭那个程序（另一个通话、另一个浏览器），然后重新测试。",
    ],
    "camera-failed": ["摄像头无法启动（{why}）。", "请拔下再插上，或重启浏览器，然后重新测试。"],
    "camera-black": [
      "摄像头送来的画面全黑。",
      "请打开镜头盖，看看键盘上有没有摄像头开关，并确认选对了摄像头。",
    ],
    "camera-frozen": [
      "摄像头的画面静止不动。",
      "请拔下再插上，关闭其他使用它的程序，然后重新测试。",
    ],
    "microphone-denied": ["这个页面不能使用麦克风。", "{cure}然后重新测试。"],
    "microphone-dismissed": [
      "浏览器关于麦克风的询问被关掉了，没有得到同意。",
      "请重新测试麦克风，并选择“允许”。",
    ],
    "microphone-blocked-by-system": ["系统不让浏览器使用麦克风。", "{cure}然后重新测试。"],
    "microphone-missing": ["没有找到麦克风。", "请接上一个，然后重新测试。"],
    "microphone-in-use": [
      "麦克风无法启动，可能正被另一个程序使用。",
      "请关闭那个程序，然后重新测试。",
    ],
    "microphone-failed": [
      "麦克风无法启动（{why}）。",
      "请拔下再插上，或重启浏览器，然后重新测试。",
    ],
    "microphone-silent": [
      "麦克风送来的只有静音。",
      "请看看耳机上的静音开关或键盘上的麦克风键，在系统声音设置里调高音量，并确认选对了麦克风。",
    ],
    "speaker-silent": [
      "没有听到测试音。",
      "请调高音量，看看系统用的是哪个扬声器或耳机，并确认标签页没有静音。",
    ],
    "slow-line": [
      "线路很慢：往返同时只有 {rate}。",
      "要看清画面，请用网线或换到 Wi-Fi 更好的地方，并停止下载和其他通话。只通话音需要 0.1 Mbit/s。",
    ],
    "lossy-line": [
      "线路不稳：丢包 {loss}，抖动 {jitter}。",
      "请靠近 Wi-Fi 或改用网线，并停止同一线路上的下载。",
    ],
    "camera-slow": [
      "摄像头每秒只有 {rate} 帧。",
      "请增加光线，或降低分辨率；也可能是 USB 集线器太慢。",
    ],
    "microphone-clipping": [
      "麦克风音量太大，声音失真。",
      "请在系统声音设置里调低音量，或离远一些说话。",
    ],
  },
  allGood: "一切正常：页面、信令，以及经过中继的通话。",
  labels: {
    cause: "原因",
    advice: "可以用，但是",
    fix: "怎么办",
    also: "另外发现",
    direct: "直接通话",
  },
  direct: {
    sure: "从本机到服务器没有 NAT：几乎肯定可以直连",
    likely: "很可能；一方处在严格 NAT 后面时会走中继",
    unlikely: "不太可能：这个网络的 NAT 很严格，多数通话会走中继",
    never: "从这里不行：一切都经过中继",
    unknown: "无法判断",
  },
};

/** English: the catalogue that names the keys. `{{ word }}` is filled in. */
export const en = {
  "language.label": "Language",

  "start.title": "Talk to someone, privately",
  "start.sentence":
    "Open a room, send the link, and talk. Picture and sound go straight from browser to browser, encrypted.",
  "start.new": "New call",
  "start.or": "or choose a name for the room",
  "start.room": "Name of the room",
  "start.room.hint": "The same name leads to the same room.",
  "start.room.placeholder": "sunday-tea",
  "start.go": "Go to the room",
  "start.bad.empty": "Type a name for the room first.",
  "start.bad.too-long": "This name is too long. A room's name has at most 64 characters.",
  "start.bad.bad-character": "Use only letters, digits, hyphens and underscores, without spaces.",
  "start.fact.account": "No account, nothing to install",
  "start.fact.direct": "Direct and encrypted between browsers",
  "start.fact.record": "Nothing is kept on the server",

  "lobby.title": "Ready to join?",
  "lobby.room": "Room {{ room }}",
  "lobby.name": "Your name",
  "lobby.name.placeholder": "How the others see you",
  "lobby.camera": "Camera",
  "lobby.microphone": "Microphone",
  "lobby.default": "Default device",
  "lobby.numbered.camera": "Camera {{ number }}",
  "lobby.numbered.microphone": "Microphone {{ number }}",
  "lobby.preview": "Your picture, mirrored",
  "lobby.level": "Microphone level",
  "lobby.join": "Join the call",
  "lobby.joining": "Joining",
  "lobby.camera.off": "Your camera is off",
  "lobby.starting": "Starting your camera and microphone",

  "device.camera": "camera",
  "device.microphone": "microphone",
  "device.both": "camera and microphone",
  "mute.microphone": "Mute microphone",
  "unmute.microphone": "Unmute microphone",
  "mute.camera": "Turn camera off",
  "unmute.camera": "Turn camera on",

  "fault.denied": "This page may not use your {{ device }}. {{ cure }}",
  "fault.dismissed":
    "The question about your {{ device }} was closed without a yes. Turn it on again and choose Allow.",
  "fault.blocked-by-system": "Your system keeps the {{ device }} from the browser. {{ cure }}",
  "fault.not-found": "No {{ device }} was found. Plug one in, then turn it on again.",
  "fault.in-use":
    "The {{ device }} does not start; another program may be using it. Close that program, then turn it on again.",
  "fault.overconstrained":
    "The {{ device }} cannot deliver what was asked of it. Choose another one from the list.",
  "fault.aborted":
    "The {{ device }} stopped while starting. Unplug it, plug it in again and retry.",
  "fault.security":
    "The browser's settings keep the {{ device }} from every page. Allow it there, then reload.",
  "fault.insecure":
    "Browsers give the {{ device }} only to secure addresses. Open this page with https:// in front.",
  "fault.unsupported":
    "This browser offers no {{ device }} to pages. Update it, or use Chrome, Edge, Firefox or Safari.",
  "fault.stopped":
    "The {{ device }} stopped; it may have been unplugged. Turn it on again to retry.",
  "fault.unknown": "The {{ device }} does not start. Turn it on again, or restart the browser.",
  "fault.goes-on": "The call goes on without it.",
  "fault.dismiss": "Close this message",

  "cure.chrome": "Click the icon left of the address, allow it, then reload.",
  "cure.firefox": "Click the crossed-out icon left of the address to lift the block, then reload.",
  "cure.safari": "Open Safari's settings for this website, choose Allow, then reload.",
  "cure.android": "Tap the icon left of the address, then Permissions, allow it and reload.",
  "cure.ios": "Tap the page menu in the address bar, then Website Settings, and allow it.",
  "cure.other": "Allow it in the browser's settings for this website, then reload.",
  "cure.system.mac":
    "Open System Settings, Privacy & Security, allow it for the browser, and restart the browser.",
  "cure.system.windows": "Open Settings, Privacy & security, and allow it for desktop apps.",
  "cure.system.android": "Open Settings, Apps, your browser, Permissions, and allow it.",
  "cure.system.ios": "Open Settings, Apps, your browser, and allow it.",
  "cure.system.other": "Allow it in the system's privacy settings, then restart the browser.",

  "call.title": "Call in {{ room }}",
  "call.controls": "Call controls",
  "call.you": "You",
  "call.guest": "Guest",
  "call.self": "Your picture. Move it with the arrow keys.",
  "call.tile": "Picture of {{ name }}",
  "call.muted": "{{ name }} is muted",
  "call.muted.you": "You are muted",
  "call.camera-off": "{{ name }} has the camera off",
  "call.hang-up": "Hang up",
  "call.invite": "Invite",
  "call.duration": "Duration",
  "call.hear": "Tap to hear the call",
  "call.waiting.title": "Nobody else is here yet",
  "call.waiting.text":
    "Send this link to whom you want to talk to. The call starts when they open it.",
  "call.joined": "{{ name }} joined",
  "call.left": "{{ name }} left",
  "call.lost": "{{ name }} lost the connection",

  "connection.waiting": "Waiting for the other",
  "connection.connected": "Connected",
  "connection.connecting": "Connecting to {{ name }}",
  "connection.interrupted": "The connection to {{ name }} is interrupted. Trying to restore it",
  "connection.failed": "No connection to {{ name }}. Trying another way",
  "connection.away": "{{ name }} is reconnecting",
  "connection.signaling": "Lost the server. Reconnecting, the call goes on",

  "invite.title": "Invite to this room",
  "invite.link": "Link to this room",
  "invite.copy": "Copy link",
  "invite.copied": "Copied",
  "invite.copy-failed": "Copying is not allowed here. The link is selected, copy it yourself.",
  "invite.share": "Share",
  "invite.qr": "QR code",
  "invite.qr.hint": "Point a phone's camera at it to join.",
  "invite.qr.label": "QR code of {{ link }}",
  "invite.text": "Join me in a call",
  "dialog.close": "Close",

  "ended.title": "The call has ended",
  "ended.left": "You hung up.",
  "ended.replaced": "The call was taken over by another window. It goes on there.",
  "ended.lost": "The connection was lost and could not be restored.",
  "ended.refused": "The server did not let you back into the room.",
  "ended.full": "Somebody else took the last seat while you were away.",
  "ended.lasted": "It lasted {{ duration }}.",
  "ended.rejoin": "Rejoin",
  "ended.start": "Back to the start",

  "full.title": "This room is full",
  "full.text":
    "Everybody who fits in is already there. Try again when someone has left, or open a room of your own.",
  "full.retry": "Try again",

  "unreachable.title": "The server cannot be reached",
  "unreachable.text":
    "Check your connection to the network. If it works, the server may be restarting.",
  "unreachable.retry": "Try again",

  "refused.title": "Joining did not work",
  "refused.rate-limited": "Too many attempts in a short time. Wait a moment, then try again.",
  "refused.too-many": "The server has no room left right now. Try again later.",
  "refused.shutting-down": "The server is restarting. Try again in a moment.",
  "refused.outdated": "This page is older than the server. Reload it.",
  "refused.origin": "The server does not accept calls from this address.",
  "refused.browser":
    "This browser cannot make calls. Update it, or use Chrome, Edge, Firefox or Safari.",
  "refused.other": "The server and this page did not understand each other. Reload the page.",

  "bad-room.title": "This cannot be a room",
  "not-found.title": "There is nothing here",
  "not-found.text": "The address leads nowhere. Perhaps a letter is missing.",
};

/** What every language has to say. */
export type Catalogue = Readonly<Record<keyof typeof en, string>>;

/** A key of the catalogues. */
export type TextKey = keyof Catalogue;

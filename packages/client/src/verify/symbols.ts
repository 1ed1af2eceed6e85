/** One sign of an authentication string: a picture, and a word for it that pages translate. */
export interface VerificationSymbol {
  readonly emoji: string;
  /** English, in lower case with hyphens: `fir-tree`. */
  readonly name: string;
}

/** Signs that are text unless told (Unicode's `Emoji_Presentation` is no). */
const TEXT_BY_DEFAULT = /^\P{Emoji_Presentation}$/u;

const TABLE = [
  "🐶 dog,🐱 cat,🐭 mouse,🐰 rabbit,🦊 fox,🐻 bear,🐼 panda,🐨 koala",
  "🐯 tiger,🦁 lion,🐮 cow,🐷 pig,🐸 frog,🐵 monkey,🐔 chicken,🐧 penguin",
  "🐦 bird,🐤 chick,🦆 duck,🦅 eagle,🦉 owl,🦇 bat,🐺 wolf,🐗 boar",
  "🐴 horse,🦄 unicorn,🐝 bee,🐛 caterpillar,🦋 butterfly,🐌 snail,🐞 ladybird,🐜 ant",
  "🕷 spider,🦂 scorpion,🐢 turtle,🐍 snake,🦎 lizard,🐙 octopus,🦑 squid,🦐 shrimp",
  "🦀 crab,🐡 pufferfish,🐠 fish,🐬 dolphin,🐳 whale,🦈 shark,🐊 crocodile,🦓 zebra",
  "🦍 gorilla,🐘 elephant,🦏 rhinoceros,🐫 camel,🦒 giraffe,🐃 buffalo,🐑 sheep,🐐 goat",
  "🦌 deer,🐓 rooster,🦃 turkey,🕊 dove,🐿 squirrel,🦔 hedgehog,🐾 paws,🐉 dragon",
  "🦕 dinosaur,🌵 cactus,🎄 fir-tree,🌳 tree,🌴 palm,🌱 seedling,🍀 clover,🎍 bamboo",
  "🍁 maple-leaf,🍄 mushroom,🌰 chestnut,🌷 tulip,🌹 rose,🌻 sunflower,🌸 blossom,💐 bouquet",
  "🌍 globe,🌙 moon,⭐ star,☀ sun,☁ cloud,🌈 rainbow,⚡ lightning,❄ snowflake",
  "⛄ snowman,🔥 fire,💧 drop,🌊 wave,🌪 tornado,☂ umbrella,🌋 volcano,🏔 mountain",
  "🍎 apple,🍐 pear,🍊 orange,🍋 lemon,🍌 banana,🍉 watermelon,🍇 grapes,🍓 strawberry",
  "🍒 cherries,🍑 peach,🍍 pineapple,🥥 coconut,🥝 kiwi,🍅 tomato,🍆 aubergine,🥑 avocado",
  "🥦 broccoli,🥒 cucumber,🌶 pepper,🌽 corn,🥕 carrot,🥔 potato,🍞 bread,🥐 croissant",
  "🥨 pretzel,🧀 cheese,🥚 egg,🥓 bacon,🍗 drumstick,🌭 hot-dog,🍔 hamburger,🍟 fries",
  "🍕 pizza,🥪 sandwich,🌮 taco,🥗 salad,🍝 spaghetti,🍣 sushi,🍙 rice-ball,🥟 dumpling",
  "🍦 ice-cream,🍩 doughnut,🍪 biscuit,🎂 cake,🍫 chocolate,🍬 sweet,🍭 lollipop,🍯 honey",
  "🥛 milk,☕ coffee,🍵 tea,🍷 wine,🍺 beer,🥄 spoon,🍴 fork-and-knife,🥢 chopsticks",
  "⚽ football,🏀 basketball,🏈 american-football,⚾ baseball,🎾 tennis,🏐 volleyball,🎱 billiards,🏓 table-tennis",
  "🏸 badminton,🥊 boxing-glove,🎯 target,⛳ golf,🎣 fishing-rod,🎿 skis,🛷 sledge,🏆 cup",
  "🏅 medal,🎫 ticket,🎪 circus,🎭 masks,🎨 palette,🎬 clapperboard,🎤 microphone,🎧 headphones",
  "🎹 piano,🥁 drum,🎷 saxophone,🎺 trumpet,🎸 guitar,🎻 violin,🎲 die,🧩 jigsaw",
  "🎮 controller,🎳 bowling,🚗 car,🚕 taxi,🚌 bus,🚑 ambulance,🚒 fire-engine,🚜 tractor",
  "🚲 bicycle,🛵 scooter,🚂 locomotive,🚁 helicopter,✈ aeroplane,🚀 rocket,🛸 flying-saucer,⛵ sailing-boat",
  "🚢 ship,⚓ anchor,🚧 barrier,🚦 traffic-light,🗿 stone-face,🗽 statue-of-liberty,🗼 tower,🏰 castle",
  "🎡 ferris-wheel,🎢 roller-coaster,🎠 carousel,⛲ fountain,🏖 beach,🏝 island,⛺ tent,🏠 house",
  "⌚ watch,📱 phone,💻 laptop,🖨 printer,🕹 joystick,💾 floppy-disk,📷 camera,📺 television",
  "📻 radio,⏰ alarm-clock,⏳ hourglass,🔋 battery,🔌 plug,💡 bulb,🔦 torch,🕯 candle",
  "💎 gem,⚖ scales,🔧 spanner,🔨 hammer,🔩 bolt,⚙ gear,🧲 magnet,🔭 telescope",
  "🔬 microscope,💊 pill,🧬 helix,🔑 key,🚪 door,🛏 bed,🛁 bath,🧸 teddy",
  "🎁 present,🎈 balloon,🎀 bow,✉ letter,📦 parcel,📚 books,✂ scissors,📌 pin",
];

/**
 * The 256 signs, one for each byte. Their order is a part of the construction and stays for good:
 * two versions that had another one would show two people different signs for the same call.
 */
export const VERIFICATION_SYMBOLS: readonly VerificationSymbol[] = TABLE.flatMap((row) =>
  row.split(",").map((sign) => {
    const [emoji = "", name = ""] = sign.split(" ");
    // U+FE0F: those that have a form in black and white, too, are shown in colour (UTS #51 §1.4.3).
    return { emoji: TEXT_BY_DEFAULT.test(emoji) ? `${emoji}\u{FE0F}` : emoji, name };
  }),
);

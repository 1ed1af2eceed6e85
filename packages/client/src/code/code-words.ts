/**
 * The 256 words of codes, to be read out and typed: 5 to 8 letters, each with three first letters of its
 * own, and at least three letters apart from every other one, so that none is taken for another. Their
 * order means nothing; a program that lacks a word of another's code would refuse it, so they stay.
 */
export const CODE_WORDS: readonly string[] = `
acorn adobe album alley almond amber anchor ankle apron arctic aspen atlas autumn avenue
badge bakery balcony bamboo banjo barrel basket beacon bedrock beehive bench bicycle biscuit
blossom bobcat bonfire border bottle breeze bubble buffalo butter cabbage cactus camera
canyon captain carpet castle cedar cello chapel cherry chimney chorus cinema circus cliff
clover cobalt coconut coffee comet copper cottage cowboy cradle cricket crystal cuckoo
cushion cyclone daisy dancer decade delta denim desert diamond dolphin domino donkey dragon
driver dungeon eagle easel eclipse elbow emerald engine evening exhibit fabric farmer
feather fender fiddle filter firefly flannel flute focus forest fossil freckle fridge frozen
furnace galaxy garden gazelle ginger giraffe glacier gondola gorilla grammar guitar habit
harbor helmet hexagon highway horizon hotel husky iceberg igloo index insect island ivory
jaguar jasmine jewel jigsaw journal jungle kayak kernel kitchen knight koala ladder lagoon
lantern laptop laundry legend lemon leopard library lilac linen lizard lobster locket lunar
magnet marble meadow mentor metal mirror mitten mobile modem mosaic muffin museum napkin
nectar needle nephew nickel nomad north nugget nutmeg oasis ocean olive omelet onion opera
orange orchid oxygen palace paper parrot pastry pencil piano picnic pigeon pillow pirate
planet polar poncho potato prism puppet purple quail queen radish raven razor record relay
rescue ribbon robin rubber rugby sailor sandal satin scarf school seesaw shrimp skater
sketch smoke soccer sonnet spider squash summit surfer syrup tablet teapot temple tennis
toast topaz tripod tulip tundra tuxedo typist vacuum violin voyage waffle walnut wasabi
weaver whale wheat window wombat yacht yogurt zebra zigzag zodiac
`
  .trim()
  .split(/\s+/);

// Glyphs that neither Maki nor Temaki has, drawn for this product on their 15 × 15 grid. Filled with the even-odd rule
// left aside: holes are wound the other way.
const wave = (y: number) =>
  `M1 ${y}c1.6 0 1.6-1.4 3.25-1.4S5.9 ${y} 7.5 ${y}s1.6-1.4 3.25-1.4S12.4 ${y} 14 ${y}v1.5c-1.6 0-1.6-1.4-3.25-1.4S9.1 ${y + 1.5} 7.5 ${y + 1.5}s-1.6-1.4-3.25-1.4S2.6 ${y + 1.5} 1 ${y + 1.5}z`
const person = (x: number, y: number, s = 1) =>
  `M${x} ${y}a${1.5 * s} ${1.5 * s} 0 1 1 0 ${3 * s}a${1.5 * s} ${1.5 * s} 0 1 1 0 ${-3 * s}z` +
  `M${x - 2.1 * s} ${y + 8 * s}v${-2.2 * s}c0-${1.4 * s} ${0.9 * s}-${2.3 * s} ${2.1 * s}-${2.3 * s}s${2.1 * s} ${0.9 * s} ${2.1 * s} ${2.3 * s}v${2.2 * s}z`

export const own: Record<string, string> = {
  dot: 'M7.5 4a3.5 3.5 0 1 1 0 7 3.5 3.5 0 1 1 0-7z',
  // an exclamation mark
  warning: 'M6.400 2h2.200L8.300 9.200H6.700zM7.500 10.600a1.300 1.300 0 1 1 0 2.600 1.300 1.300 0 1 1 0-2.600z',
  // a flask with a warning drop
  hazardous_chemicals: 'M5 1h5v1.4h-.8v3.4l3.9 6.4c.6 1-.1 2.3-1.3 2.3H3.2c-1.2 0-1.9-1.3-1.3-2.3l3.9-6.4V2.4H5zM7.2 2.4v3.8L5.4 9.2h4.2L7.8 6.2V2.4z',
  // a burst
  dust_explosion: 'M7.5.5 8.9 4 12 1.8 11 5.500l3.500.3-2.900 2.100L14 10.700l-3.600-.4.3 3.700-2.500-2.700L6.300 14.500 5.800 11 2.200 12.500 3.800 9.200.5 8l3.300-1.600L2 3.200l3.500 1z',
  crowded_place: person(7.5, 1.2, 1.15) + person(2.9, 4.2) + person(12.1, 4.2),
  // a roof over two people, one leaning on a stick
  nursing_home: 'M7.5.8 14.300 5.600l-.8 1.100L7.500 2.500 1.500 6.700.700 5.600z' + person(5.2, 6) + person(9.6, 6.6, 0.9) + 'M12.300 9.500h.9V14h-.9z',
  reservoir: 'M1 2h13L12.200 5.500H2.800z' + wave(8) + wave(11.500),
  river_section: wave(3) + wave(7) + wave(11),
  // a valley with water running out of it
  flash_flood_valley: 'M.5 9 4.500 2l3 5.200 3-5.200 4 7h-2L10.500 5.500 7.500 10.500 4.500 5.500 2.500 9z' + wave(12),
  // a tree with a flame at its foot
  forest_fire: 'M5 .6 8.300 5H7l2.300 3.200C8 9 7.600 10 7.700 11.200H5.800V14H4.200v-2.800H.8L3 8.200H1.600L3.600 5H2zM11.300 6.800c.2 1.700 2.700 2.700 2.700 5 0 1.600-1.200 2.700-2.700 2.700s-2.700-1.100-2.700-2.600c0-1 .5-1.700 1.100-2.300.1.600.400 1 .800 1.200.4-1.200.1-2.600.8-4z',
  // an extinguisher
  fire_cabinet: 'M6.200 1h2.600v1.300l3.200-.8v2.600l-3.200-.7v.7c1.300.4 2.200 1.500 2.200 2.900V14H4V7c0-1.400.900-2.500 2.200-2.900v-.6C5 3.700 4.200 4.600 3.900 6l-1.300-.3C3 3.600 4.300 2.400 6.200 2.200z',
  village_team: person(4.300, 3.200, 1.250) + person(10.700, 3.200, 1.250),
  // one person on a grid
  grid_worker: 'M1 1h13v13H1zM2.300 2.300v10.400h10.400V2.300z' + person(7.5, 3.400, 1.050),
}

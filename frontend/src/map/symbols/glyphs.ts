// Glyphs by the symbol name that a choice declares. Maki and Temaki are CC0; what neither has is drawn in own.ts.
import attraction from '@mapbox/maki/icons/attraction.svg?raw'
import bridge from '@mapbox/maki/icons/bridge.svg?raw'
import building from '@mapbox/maki/icons/building.svg?raw'
import charging from '@mapbox/maki/icons/charging-station.svg?raw'
import commercial from '@mapbox/maki/icons/commercial.svg?raw'
import dam from '@mapbox/maki/icons/dam.svg?raw'
import fireStation from '@mapbox/maki/icons/fire-station.svg?raw'
import fuel from '@mapbox/maki/icons/fuel.svg?raw'
import heart from '@mapbox/maki/icons/heart.svg?raw'
import home from '@mapbox/maki/icons/home.svg?raw'
import hospital from '@mapbox/maki/icons/hospital.svg?raw'
import doctor from '@mapbox/maki/icons/doctor.svg?raw'
import industry from '@mapbox/maki/icons/industry.svg?raw'
import lodging from '@mapbox/maki/icons/lodging.svg?raw'
import police from '@mapbox/maki/icons/police.svg?raw'
import recycling from '@mapbox/maki/icons/recycling.svg?raw'
import school from '@mapbox/maki/icons/school.svg?raw'
import shelter from '@mapbox/maki/icons/shelter.svg?raw'
import shop from '@mapbox/maki/icons/shop.svg?raw'
import star from '@mapbox/maki/icons/star.svg?raw'
import telephone from '@mapbox/maki/icons/telephone.svg?raw'
import townHall from '@mapbox/maki/icons/town-hall.svg?raw'
import warehouse from '@mapbox/maki/icons/warehouse.svg?raw'
import roadAccident from '@mapbox/maki/icons/road-accident.svg?raw'
import embassy from '@mapbox/maki/icons/embassy.svg?raw'
import fallingRocks from '@rapideditor/temaki/icons/cliff_falling_rocks.svg?raw'
import crane from '@rapideditor/temaki/icons/crane.svg?raw'
import elevator from '@rapideditor/temaki/icons/elevator.svg?raw'
import hydrant from '@rapideditor/temaki/icons/fire_hydrant.svg?raw'
import pickHammer from '@rapideditor/temaki/icons/pick_hammer.svg?raw'
import powerTower from '@rapideditor/temaki/icons/power_tower.svg?raw'
import propane from '@rapideditor/temaki/icons/propane_tank.svg?raw'
import firework from '@rapideditor/temaki/icons/rocket_firework.svg?raw'
import schoolBus from '@rapideditor/temaki/icons/school_bus.svg?raw'
import shield from '@rapideditor/temaki/icons/shield.svg?raw'
import storage from '@rapideditor/temaki/icons/storage.svg?raw'
import toolbox from '@rapideditor/temaki/icons/toolbox.svg?raw'
import tools from '@rapideditor/temaki/icons/tools.svg?raw'
import truck from '@rapideditor/temaki/icons/truck.svg?raw'
import tree from '@rapideditor/temaki/icons/tree_needleleaved.svg?raw'
import { own } from './own'

const FROM_SVG: Record<string, string> = {
  mine: pickHammer, fireworks: firework, petrol_station: fuel, urban_gas: propane, high_rise: building, self_built_house: home,
  market: shop, school, hospital, special_equipment: elevator, construction_site: crane, road_section: roadAccident,
  school_bus: schoolBus, bridge, dam, geological_hazard: fallingRocks, waste_recycling_point: recycling, warehouse,
  industrial_park: industry, rental_housing: lodging, ebike_charging: charging, scenic_area: attraction, lifeline: powerTower,
  depot: warehouse, township_store: storage, village_store: toolbox, hydrant, enterprise_store: commercial, vehicle_vessel: truck, shelter,
  fire_rescue: fireStation, forest_fire_team: tree, professional: tools, social: heart, militia: shield, medical: doctor, police,
  headquarters: star, office: townHall, station: embassy, village_post: telephone,
}

/** An outline on a square grid. */
export interface Glyph {
  path: string
  grid: number // width of the grid
}

const known = new Map<string, Glyph>()

/** The glyph of a symbol name; one that nobody drew is a plain dot. */
export function glyph(symbol: string): Glyph {
  let found = known.get(symbol)
  if (!found) {
    const svg = FROM_SVG[symbol]
    found = svg ? outline(svg) : { path: own[symbol] ?? own.dot!, grid: 15 }
    known.set(symbol, found)
  }
  return found
}

/** Whether a glyph was drawn for a symbol name. */
export const hasGlyph = (symbol: string): boolean => symbol in FROM_SVG || symbol in own

/** An SVG of paths only as one path. Each part begins at the origin, since it may begin with a relative move. */
export function outline(svg: string): Glyph {
  const grid = Number(/viewBox="0 0 ([\d.]+) /.exec(svg)?.[1] ?? 15)
  const path = [...svg.matchAll(/\sd="([^"]+)"/g)].map((m) => `M0 0${m[1]!.replaceAll(/&#x[0-9a-fA-F]+;/g, ' ')}`).join(' ')
  return { path, grid }
}

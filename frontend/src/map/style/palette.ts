import type { LayerMap } from '@/api/types'
import type { Theme } from '@/lib/preferences'

interface Plate {
  fill: string
  edge: string
  ink: string
}

/** Colours of the map. Saturation is low, so that only the four levels are loud. */
export interface Palette {
  land: string
  relief: [metres: number, colour: string][]
  shade: { shadow: string; light: string; accent: string; strength: number }
  forest: string
  farmland: string
  built: string
  industrial: string
  water: string
  river: string
  building: string
  roads: Record<'major' | 'main' | 'minor' | 'track' | 'casing' | 'majorCasing', string>
  outside: string
  glow: string
  district: string
  township: string
  village: string
  scope: string
  age: { mark: string; ground: string } // of the marks that tell how old a row is
  label: { strong: string; soft: string; water: string; road: string; halo: string; row: string }
  command: string
  commandStrong: string
  selected: string
  measure: string
  levelEdge: string
  levelInk: string
  plate: Record<LayerMap, Plate>
  dot: Record<LayerMap, { fill: string; edge: string }>
}

const dark: Palette = {
  land: '#0e1c2b',
  relief: [[0, '#0d1a29'], [80, '#10212f'], [200, '#143039'], [400, '#1a3a40'], [700, '#234549'], [1100, '#2d5152'], [1800, '#3a5f5e']],
  shade: { shadow: '#040a12', light: '#4f7a80', accent: '#0a1622', strength: 0.5 },
  forest: 'rgba(38,92,76,.22)',
  farmland: 'rgba(120,116,66,.12)',
  built: 'rgba(132,150,179,.20)',
  industrial: 'rgba(150,130,160,.20)',
  water: '#123c63',
  river: '#1c5688',
  building: 'rgba(150,166,192,.28)',
  roads: { major: '#c39a57', main: '#a98b5e', minor: '#6b7b91', track: '#55657b', casing: '#08111c', majorCasing: '#2a1f10' },
  outside: 'rgba(5,10,18,.66)',
  glow: '#3ea9e6',
  district: '#8fd8ff',
  township: '#7d93b4',
  village: '#52657f',
  scope: '#e9eff8',
  age: { mark: '#e9eff8', ground: '#08121e' },
  label: { strong: '#eef4fc', soft: '#b7c5da', water: '#79b4e4', road: '#d9c7a2', halo: '#08121e', row: '#e9eff8' },
  command: '#9fb6d9',
  commandStrong: '#f4f8ff',
  selected: '#4cc3ff',
  measure: '#7fe3ff',
  levelEdge: '#0b111b',
  levelInk: '#14100a',
  plate: {
    risk: { fill: '#1b2c49', edge: '#c9d6ea', ink: '#eef4fc' },
    material: { fill: '#0d2b2a', edge: '#5ad1a9', ink: '#c9f7e6' },
    force: { fill: '#231d42', edge: '#b9a2ff', ink: '#ece6ff' },
    command: { fill: '#dfe7f3', edge: '#0b111b', ink: '#13233c' },
    base: { fill: '#1b2c49', edge: '#8496b3', ink: '#e9eff8' },
  },
  dot: {
    risk: { fill: '#c9d6ea', edge: '#0b111b' }, material: { fill: '#5ad1a9', edge: '#08201d' }, force: { fill: '#b9a2ff', edge: '#170f30' },
    command: { fill: '#eef4fc', edge: '#0b111b' }, base: { fill: '#8496b3', edge: '#0b111b' },
  },
}

const light: Palette = {
  land: '#f3f2ec',
  relief: [[0, '#f4f3ee'], [80, '#f0f1e8'], [200, '#e9ecdf'], [400, '#e3e7d6'], [700, '#dfe1cf'], [1100, '#dcdac9'], [1800, '#e6e2d8']],
  shade: { shadow: '#7d8a86', light: '#ffffff', accent: '#9aa59c', strength: 0.32 },
  forest: 'rgba(126,170,112,.24)',
  farmland: 'rgba(214,196,120,.18)',
  built: 'rgba(170,160,150,.28)',
  industrial: 'rgba(170,150,180,.24)',
  water: '#a8cfeb',
  river: '#82b7de',
  building: 'rgba(120,115,110,.35)',
  roads: { major: '#f2c582', main: '#f7dcae', minor: '#ffffff', track: '#e9e5da', casing: '#b9b5aa', majorCasing: '#c08a3c' },
  outside: 'rgba(247,248,250,.62)',
  glow: '#7fb6e6',
  district: '#1f5f9e',
  township: '#6d7f99',
  village: '#a3afc0',
  scope: '#153a66',
  age: { mark: '#14233a', ground: '#ffffff' },
  label: { strong: '#14233a', soft: '#43536b', water: '#2b6ca3', road: '#6b5426', halo: 'rgba(255,255,255,.92)', row: '#14233a' },
  command: '#5b7193',
  commandStrong: '#14233a',
  selected: '#0b6fc2',
  measure: '#0a5a9c',
  levelEdge: '#1a1f29',
  levelInk: '#14100a',
  plate: {
    risk: { fill: '#ffffff', edge: '#43536b', ink: '#14233a' },
    material: { fill: '#0f6b57', edge: '#ffffff', ink: '#ffffff' },
    force: { fill: '#5a3fb0', edge: '#ffffff', ink: '#ffffff' },
    command: { fill: '#22344f', edge: '#ffffff', ink: '#ffffff' },
    base: { fill: '#ffffff', edge: '#43536b', ink: '#14233a' },
  },
  dot: {
    risk: { fill: '#43536b', edge: '#ffffff' }, material: { fill: '#0f6b57', edge: '#ffffff' }, force: { fill: '#5a3fb0', edge: '#ffffff' },
    command: { fill: '#22344f', edge: '#ffffff' }, base: { fill: '#43536b', edge: '#ffffff' },
  },
}

export const palette = (theme: Theme): Palette => (theme === 'light' ? light : dark)

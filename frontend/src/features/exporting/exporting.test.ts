import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, NetworkError } from '@/api/client'
import { fetchFile, nameIn } from './download'
import { fileParams, formats } from './formats'

afterEach(() => vi.unstubAllGlobals())

const answer = (body: string, init: ResponseInit) => vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, init)))

describe('the name of a file', () => {
  it('is the one in any script', () => expect(nameIn(`attachment; filename="risk_point_20261122.csv"; filename*=UTF-8''%E9%A3%8E%E9%99%A9_20261122.csv`)).toBe('风险_20261122.csv'))
  it('is the plain one where there is no other', () => expect(nameIn('attachment; filename="a.csv"')).toBe('a.csv'))
})

describe('a download', () => {
  it('has its rows and notes', async () => {
    answer('x', { headers: { 'Content-Disposition': 'attachment; filename="a.zip"', 'X-Export-Rows': '12', 'X-Export-Notes': encodeURIComponent('[{"code":"text_cut","zh":"截断","en":"cut"}]') } })
    const file = await fetchFile('/api/x', new AbortController().signal)
    expect([file.name, file.rows, file.notes[0]?.zh, file.body.size]).toEqual(['a.zip', 12, '截断', 1])
  })
  it('says in words why there is none', async () => {
    answer(JSON.stringify({ detail: '其他人正在导出', code: 'too_many_exports' }), { status: 503 })
    await expect(fetchFile('/api/x', new AbortController().signal)).rejects.toThrow('其他人正在导出')
    answer('<html>', { status: 502 })
    await expect(fetchFile('/api/x', new AbortController().signal)).rejects.toBeInstanceOf(ApiError)
  })
  it('tells a server that cannot be reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    await expect(fetchFile('/api/x', new AbortController().signal)).rejects.toBeInstanceOf(NetworkError)
  })
})

it('asks for a system and an encoding only where the format has them', () => {
  const asked = Object.fromEntries(formats.map((f) => [f.name, Object.keys(fileParams(f, 'gcj02', 'gb18030')).join()]))
  expect(asked).toEqual({ xlsx: 'format,crs', csv: 'format,crs,encoding', geojson: 'format', kml: 'format', gpkg: 'format,crs', shp: 'format,crs' })
})

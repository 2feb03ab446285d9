import type { Page } from 'playwright-core'

/** A real photo as a phone's camera gives it, small. */
export async function photoOf(page: Page): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 320
    canvas.height = 240
    const pen = canvas.getContext('2d')!
    pen.fillStyle = '#7a5'
    pen.fillRect(0, 0, 320, 240)
    pen.fillStyle = '#543'
    pen.fillRect(40, 90, 240, 120)
    return canvas.toDataURL('image/jpeg', 0.8).split(',')[1]!
  })
  return { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(text, 'base64') }
}

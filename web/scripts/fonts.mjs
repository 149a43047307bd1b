// Puts the font that the server sets PDF files in beside the pages, with its licence: the binary carries both.
import { copyFileSync, mkdirSync } from 'node:fs'

const from = 'node_modules/@expo-google-fonts/noto-sans-sc'
mkdirSync('dist/fonts', { recursive: true })
copyFileSync(`${from}/400Regular/NotoSansSC_400Regular.ttf`, 'dist/fonts/NotoSansSC-Regular.ttf')
copyFileSync(`${from}/600SemiBold/NotoSansSC_600SemiBold.ttf`, 'dist/fonts/NotoSansSC-SemiBold.ttf')
copyFileSync(`${from}/LICENSE_FONT`, 'dist/fonts/OFL.txt')

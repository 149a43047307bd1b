import { theme, type ThemeConfig } from 'antd'
import { SCHEMES, type Mode } from '@/lib/palette'

/** The product's look, said through Ant Design's tokens and nothing else. */
export function themeOf(mode: Mode, still: boolean): ThemeConfig {
  const s = SCHEMES[mode]
  return {
    algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: s.accent,
      colorLink: s.accent,
      colorInfo: s.accent,
      colorSuccess: s.good,
      colorWarning: s.warn,
      colorError: s.fail,
      colorBgBase: s.ground,
      colorBgContainer: s.ground,
      colorBgElevated: s.raised,
      colorBgLayout: s.ground,
      colorTextBase: s.ink,
      colorText: s.ink,
      colorTextSecondary: s.inkSoft,
      colorTextTertiary: s.inkFaint,
      colorTextDescription: s.inkSoft,
      colorTextPlaceholder: s.inkFaint,
      colorBorder: s.lineStrong,
      colorBorderSecondary: s.line,
      colorSplit: s.line,
      borderRadius: 6,
      // Chosen by the language of the page, in styles.css.
      fontFamily: 'var(--font)',
      fontSize: 14,
      motion: !still,
      boxShadowSecondary: '0 6px 20px rgb(0 0 0 / 12%), 0 0 0 1px rgb(0 0 0 / 4%)',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', primaryColor: mode === 'dark' ? '#06201C' : '#FFFFFF', fontWeight: 500 },
      Table: { headerBg: s.sunken, headerColor: s.inkSoft, rowHoverBg: s.sunken, cellPaddingBlockSM: 7, headerSplitColor: 'transparent' },
      Tabs: { titleFontSize: 14, horizontalItemPadding: '8px 0', horizontalMargin: '0 0 16px 0' },
      Tooltip: { colorBgSpotlight: mode === 'dark' ? '#2A3534' : '#1E2928' },
      Form: { labelColor: s.inkSoft, verticalLabelPadding: '0 0 4px', itemMarginBottom: 16 },
      Menu: { itemSelectedBg: s.fill, itemSelectedColor: s.accent },
      Modal: { contentBg: s.raised, headerBg: s.raised },
      Segmented: { trackBg: s.sunken, itemSelectedBg: mode === 'dark' ? s.lineStrong : s.raised },
    },
  }
}

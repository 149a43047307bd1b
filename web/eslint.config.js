import js from '@eslint/js'
import globals from 'globals'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'
import { importDirection } from './scripts/import-direction.js'

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts', 'e2e/shots'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { globals: globals.browser },
    plugins: { 'react-hooks': hooks, tandem: { rules: { 'import-direction': importDirection } } },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'tandem/import-direction': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['dev/**', 'e2e/**', 'scripts/**', '*.js'], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
)

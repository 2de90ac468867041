import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    languageOptions: { globals: globals.browser },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/no-v-html': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true, IIFEs: true }],
      'no-restricted-properties': ['error', { property: 'innerHTML', message: 'Names are text, never markup.' }],
    },
  },
  {
    // STYLE.md: fetch only in api/.
    files: ['src/**/*.{ts,vue}'],
    ignores: ['src/api/**'],
    rules: { 'no-restricted-globals': ['error', { name: 'fetch', message: 'Call a function of src/api/.' }] },
  },
  {
    // STYLE.md: OpenLayers sits behind one adapter.
    files: ['src/**/*.{ts,vue}'],
    ignores: ['src/map/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['ol', 'ol/*'] }] },
  },
  {
    // STYLE.md: geometry/ and topology/ hold no map-library types.
    files: ['src/geometry/**/*.ts', 'src/topology/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['ol', 'ol/*', 'vue', '**/map/*'] }] },
  },
)

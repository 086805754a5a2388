import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "max-lines": ["error", 300],
    },
  },
  // the mathematics knows no page, and is repeatable
  {
    files: ["src/numbers/**"],
    languageOptions: {
      globals: { ...Object.fromEntries(Object.keys(globals.browser).map((name) => [name, "off"])) },
    },
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "use a seeded generator" },
      ],
    },
  },
  { files: ["test/**", "*.js"], languageOptions: { globals: globals.node } },
];

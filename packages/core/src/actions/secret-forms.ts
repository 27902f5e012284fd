/** How known kinds of credentials are written: each beginning is followed by enough to tell it from prose. */
export const SECRET_FORMS: readonly string[] = [
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}',
  'sk-[A-Za-z0-9_-]{20,}',
  'gh[pousr]_[A-Za-z0-9]{30,}',
  'github_pat_[A-Za-z0-9_]{22,}',
  'glpat-[A-Za-z0-9_-]{20,}',
  'xox[abeprs]-[A-Za-z0-9-]{10,}',
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'AIza[A-Za-z0-9_-]{35}',
  'npm_[A-Za-z0-9]{36}',
];

/** A signed token in three parts (RFC 7515, section 3.1), which begin as JSON objects do. */
export const TOKEN_FORM = 'eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}';

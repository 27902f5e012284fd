import { registerHooks } from 'node:module';

// The workspaces run from source through the export condition `source`. Some published packages use the same
// word for TypeScript that Node does not run under node_modules, so it must not reach their imports.
registerHooks({
  resolve(specifier, context, next) {
    if (!context.parentURL?.includes('/node_modules/')) return next(specifier, context);
    const conditions = context.conditions.filter((condition) => condition !== 'source');
    return next(specifier, { ...context, conditions });
  },
});

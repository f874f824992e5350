-- Kind and name of each function, trigger and view, with a digest of what it is. See live_sql.py.
SELECT 'function ' || proname || '(' || pg_get_function_identity_arguments(oid) || ')',
    md5(prosrc || ' ' || provolatile::text || proparallel::text || prosecdef || proisstrict || prorettype::regtype)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'measures\_%'
UNION ALL
SELECT 'trigger ' || tgname || ' on ' || relname,
    md5(tgtype || ' ' || tgenabled::text || tgdeferrable || tginitdeferred || proname || ' ' || encode(tgargs, 'hex')
        || ' ' || coalesce((SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute
            WHERE attrelid = tgrelid AND attnum = ANY(tgattr)), ''))
FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid
WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
UNION ALL
-- From version 16 on, names are not printed with their table where they need not be; and a restored view prints other casts.
SELECT 'view ' || relname,
    md5(regexp_replace(pg_get_viewdef(oid), 'measures_version\.|::(text|jsonb|character varying)(\[\])?|[()\s;]', '', 'g')
        || coalesce(reloptions::text, ''))
FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace

create function id_encode(id bigint) returns text language sql immutable strict as $$ select id::text $$;
create function id_encode(id bigint, salt text) returns text language sql immutable strict as $$ select id::text $$;
create function id_encode(id bigint, salt text, min_length integer) returns text language sql immutable strict as
$$ select id::text $$;
create function id_encode(id bigint, salt text, min_length integer, alphabet text) returns text language sql
immutable strict as $$ select id::text $$;
create function id_decode(hash text) returns bigint[] language sql immutable strict as $$ select array[1::bigint] $$;
create function id_decode(hash text, salt text) returns bigint[] language sql immutable strict as
$$ select array[1::bigint] $$;
create function id_decode_once(hash text) returns bigint language sql immutable strict as $$ select 1::bigint $$;
create function id_decode_once(hash text, salt text) returns bigint language sql immutable strict as
$$ select 1::bigint $$;

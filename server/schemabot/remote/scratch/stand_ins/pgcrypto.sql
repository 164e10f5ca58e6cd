create function digest(text, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256(convert_to($1, 'UTF8')) $$;
create function digest(bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256($1) $$;
create function hmac(text, text, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256(convert_to($2 || $1, 'UTF8')) $$;
create function hmac(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256($2 || $1) $$;
create function crypt(text, text) returns text
  language sql immutable strict parallel safe as $$ select left($2, 29) || md5(left($2, 29) || $1) $$;
create function gen_salt(text) returns text
  language sql volatile strict parallel safe as $$ select '$2a$06$' || left(md5(random()::text), 22) $$;
create function gen_salt(text, integer) returns text
  language sql volatile strict parallel safe as $$ select '$2a$06$' || left(md5(random()::text), 22) $$;
create function encrypt(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function decrypt(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function encrypt_iv(bytea, bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function decrypt_iv(bytea, bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function gen_random_bytes(integer) returns bytea
  language sql volatile strict parallel safe as
$$ select decode(left(string_agg(md5(random()::text), ''), $1 * 2), 'hex') from generate_series(0, $1 / 16) $$;
create function gen_random_uuid() returns uuid
  language sql volatile parallel safe as $$ select pg_catalog.gen_random_uuid() $$;
create function pgp_sym_encrypt(text, text) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create function pgp_sym_encrypt(text, text, text) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create function pgp_sym_encrypt_bytea(bytea, text) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create function pgp_sym_encrypt_bytea(bytea, text, text) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create function pgp_sym_decrypt(bytea, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create function pgp_sym_decrypt(bytea, text, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create function pgp_sym_decrypt_bytea(bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function pgp_sym_decrypt_bytea(bytea, text, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function pgp_pub_encrypt(text, bytea) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create function pgp_pub_encrypt(text, bytea, text) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create function pgp_pub_encrypt_bytea(bytea, bytea) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create function pgp_pub_encrypt_bytea(bytea, bytea, text) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create function pgp_pub_decrypt(bytea, bytea) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create function pgp_pub_decrypt(bytea, bytea, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create function pgp_pub_decrypt(bytea, bytea, text, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create function pgp_pub_decrypt_bytea(bytea, bytea) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function pgp_pub_decrypt_bytea(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function pgp_pub_decrypt_bytea(bytea, bytea, text, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create function pgp_key_id(bytea) returns text
  language sql immutable strict parallel safe as $$ select md5($1) $$;
create function pgp_armor_headers(text, out key text, out value text) returns setof record
  language sql immutable strict parallel safe as $$ select $1, $1 $$;
create function armor(bytea) returns text
  language sql immutable strict parallel safe as $$ select encode($1, 'base64') $$;
create function armor(bytea, text[], text[]) returns text
  language sql immutable strict parallel safe as $$ select encode($1, 'base64') $$;
create function dearmor(text) returns bytea
  language sql immutable strict parallel safe as $$ select decode($1, 'base64') $$;

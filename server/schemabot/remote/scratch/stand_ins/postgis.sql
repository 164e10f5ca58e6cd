-- control: relocatable = false
-- A value is kept as its text; a type modifier is accepted and forgotten.
create type geometry;
create function geometry_in(cstring) returns geometry language internal immutable strict as 'textin';
create function geometry_out(geometry) returns cstring language internal immutable strict as 'textout';
create function geometry_typmod_in(cstring[]) returns integer language internal immutable strict as 'array_ndims';
create type geometry (
  input = geometry_in, output = geometry_out, typmod_in = geometry_typmod_in, like = text
);
create type geography;
create function geography_in(cstring) returns geography language internal immutable strict as 'textin';
create function geography_out(geography) returns cstring language internal immutable strict as 'textout';
create function geography_typmod_in(cstring[]) returns integer language internal immutable strict as 'array_ndims';
create type geography (
  input = geography_in, output = geography_out, typmod_in = geography_typmod_in, like = text
);
create cast (geometry as text) without function;
create cast (text as geometry) without function as assignment;
create cast (geography as text) without function;
create cast (text as geography) without function as assignment;
create cast (geometry as geography) without function as implicit;
create cast (geography as geometry) without function;
create function geometry_cmp(geometry, geometry) returns integer language internal immutable strict as 'bttextcmp';
create function geometry_consistent(internal, geometry, smallint, oid, internal) returns boolean
  language internal immutable strict as 'gist_box_consistent';
create function st_makepoint(double precision, double precision) returns geometry language sql immutable strict as
$$ select format('POINT(%s %s)', $1, $2)::geometry $$;
create function st_point(double precision, double precision) returns geometry language sql immutable strict as
$$ select format('POINT(%s %s)', $1, $2)::geometry $$;
create function st_setsrid(geometry, integer) returns geometry language sql immutable strict as $$ select $1 $$;
create function st_distance(geometry, geometry) returns double precision language sql immutable strict as
$$ select 0::double precision $$;
create function st_distance(geography, geography) returns double precision language sql immutable strict as
$$ select 0::double precision $$;
create function st_dwithin(geometry, geometry, double precision) returns boolean language sql immutable strict as
$$ select true $$;
create function st_dwithin(geography, geography, double precision) returns boolean language sql immutable strict as
$$ select true $$;
create function st_x(geometry) returns double precision language sql immutable strict as $$ select 0::double precision $$;
create function st_y(geometry) returns double precision language sql immutable strict as $$ select 0::double precision $$;
create function st_astext(geometry) returns text language sql immutable strict as $$ select $1::text $$;
create function st_asgeojson(geometry) returns text language sql immutable strict as $$ select '{}' $$;
create function st_geomfromtext(text) returns geometry language sql immutable strict as $$ select $1::geometry $$;
create function st_geogfromtext(text) returns geography language sql immutable strict as $$ select $1::geography $$;
create function st_contains(geometry, geometry) returns boolean language sql immutable strict as $$ select true $$;
create function st_intersects(geometry, geometry) returns boolean language sql immutable strict as $$ select true $$;
-- An operator class only so that `using gist (column)` is accepted.
create function geometry_gist_same(internal, internal, internal) returns internal
  language internal immutable strict as 'gist_box_same';
create function geometry_gist_penalty(internal, internal, internal) returns internal
  language internal immutable strict as 'gist_box_penalty';
create function geometry_gist_picksplit(internal, internal) returns internal
  language internal immutable strict as 'gist_box_picksplit';
create function geometry_gist_union(internal, internal) returns internal
  language internal immutable strict as 'gist_box_union';
create operator class gist_geometry_ops_2d default for type geometry using gist as
  function 1 geometry_consistent(internal, geometry, smallint, oid, internal),
  function 2 geometry_gist_union(internal, internal),
  function 5 geometry_gist_penalty(internal, internal, internal),
  function 6 geometry_gist_picksplit(internal, internal),
  function 7 geometry_gist_same(internal, internal, internal);
create operator class gist_geography_ops default for type geography using gist as
  function 1 geometry_consistent(internal, geometry, smallint, oid, internal),
  function 2 geometry_gist_union(internal, internal),
  function 5 geometry_gist_penalty(internal, internal, internal),
  function 6 geometry_gist_picksplit(internal, internal),
  function 7 geometry_gist_same(internal, internal, internal);
create table spatial_ref_sys (
  srid integer not null primary key check (srid > 0 and srid <= 998999), auth_name varchar(256),
  auth_srid integer, srtext varchar(2048), proj4text varchar(2048)
);

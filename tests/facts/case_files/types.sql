-- Types and domains.

create type s.t as enum ('a', 'b''c')
--> [s.t] CreateEnum(name=s.t, labels=[a, b'c])

create type t as enum ()
--> [t] CreateEnum(name=t, labels=[])

create type t as (a int, b text collate "C")
--> [t] CreateComposite(name=t, columns=[ColumnDef(name=a, type=int4), ColumnDef(name=b, type=text, collation=C)])

create type s.t as ()
--> [s.t] CreateComposite(name=s.t, columns=[])

create type t
--> [t] CreateType(name=t, form=shell)

create type t as range (subtype = int, subtype_diff = f, multirange_type_name = s.x)
--> [t] CreateType(name=t, form=range, subtype=int4, multirange=s.x)

create type s.t (input = f, output = g)
--> [s.t] CreateType(name=s.t, form=base)

create domain a.d as int default 5 not null constraint x check (value > 0) collate "C"
--> [a.d] CreateDomain(name=a.d, type=int4, not_null=True, default=`5`, constraints=[ConstraintDef(kind=check, name=x, expression=`value > 0`)], collation=C)

create domain d text check (value ~ '^x') check (length(value) > 1) null
--> [d] CreateDomain(name=d, type=text, constraints=[ConstraintDef(kind=check, expression=`value ~ '^x'`), ConstraintDef(kind=check, expression=`length(value) > 1`)])

alter domain d add constraint c check (value > 1) not valid
--> [add constraint c check (value > 1) not valid] AlterDomain(name=d, action=add constraint, constraint=ConstraintDef(kind=check, name=c, expression=`value > 1`, not_valid=True, table_level=True))

alter domain s.d set not null
--> [set not null] AlterDomain(name=s.d, action=set not null)

alter domain d drop not null
--> [drop not null] AlterDomain(name=d, action=drop not null)

alter domain d set default 'x'
--> [set default 'x'] AlterDomain(name=d, action=set default, default=`'x'`)

alter domain d drop default
--> [drop default] AlterDomain(name=d, action=set default)

alter domain d drop constraint if exists x cascade
--> [drop constraint if exists x cascade] AlterDomain(name=d, action=drop constraint, part=x, if_exists=True, cascade=True)

alter domain d validate constraint c
--> [validate constraint c] AlterDomain(name=d, action=validate, part=c)

alter domain d add not null
--> [add not null] AlterDomain(name=d, action=add constraint, constraint=ConstraintDef(kind=not null, columns=[value], table_level=True))

alter type t add value if not exists 'x' before 'y'
--> [t] AddEnumValue(name=t, label=x, neighbour=y, before=True, if_not_exists=True)

alter type s.t add value 'x'
--> [s.t] AddEnumValue(name=s.t, label=x)

alter type t add value 'x' after 'w'
--> [t] AddEnumValue(name=t, label=x, neighbour=w)

alter type t rename value 'a' to 'b'
--> [t] RenameEnumValue(name=t, old=a, new=b)

alter type t set (send = f)
--> [alter type] NoEffect(what=alter type set)

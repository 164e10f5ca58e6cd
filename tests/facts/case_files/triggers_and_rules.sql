-- CREATE TRIGGER, EVENT TRIGGER, RULE.

create constraint trigger tr after insert or update of a, b on s.t from u.v deferrable initially deferred for each row when (new.a is distinct from old.a) execute function f.g(1, 'x', foo)
--> [tr] CreateTrigger(name=tr, table=s.t, function=f.g, arguments=[1, x, foo], events=[insert, update], update_columns=[a, b], for_each_row=True, when=`new.a is distinct from old.a`, constraint=True, deferrable=True, initially_deferred=True, references=u.v)

create or replace trigger t instead of delete on v for each row execute procedure g()
--> [t] CreateTrigger(name=t, table=v, function=g, timing=instead of, events=[delete], for_each_row=True, or_replace=True)

create trigger t before truncate on v referencing old table as o for each statement execute procedure g()
--> [t] CreateTrigger(name=t, table=v, function=g, timing=before, events=[truncate], old_table=o)

create trigger "T" after update or delete or insert on t execute function "F"()
--> ["T"] CreateTrigger(name=T, table=t, function=F, events=[insert, update, delete])

create trigger when_t before insert on t for each row when ((new.a > 0)) execute function execute_it()
--> [when_t] CreateTrigger(name=when_t, table=t, function=execute_it, timing=before, events=[insert], for_each_row=True, when=`(new.a > 0)`)

create event trigger e on ddl_command_end when tag in ('CREATE TABLE', 'b') execute function f.g()
--> [e] CreateEventTrigger(name=e, event=ddl_command_end, function=f.g, tags=[CREATE TABLE, b])

create event trigger e on sql_drop execute procedure g()
--> [e] CreateEventTrigger(name=e, event=sql_drop, function=g)

create rule r as on insert to s.t where new.a > 1 do instead nothing
--> [r] CreateRule(name=r, table=s.t, event=insert, instead=True, where=`new.a > 1`)

create or replace rule "_RETURN" as on select to t do instead select * from u
--> ["_RETURN"] CreateRule(name=_RETURN, table=t, event=select, instead=True, actions=[<select>], or_replace=True)

create rule r as on update to t do also (insert into x values (1); notify x; delete from y)
--> [r] CreateRule(name=r, table=t, event=update, actions=[<insert>, <delete>])

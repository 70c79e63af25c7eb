-- The journal of a fleet. certfleet journal migrate runs this, once, in one transaction. Entries are only ever added;
-- whoever may execute the functions needs no right to change a table.

CREATE SCHEMA IF NOT EXISTS {schema};

CREATE TABLE {schema}.format (version integer NOT NULL);
INSERT INTO {schema}.format VALUES (1);

-- The last entry's number. Whoever appends holds its row until the end of the transaction: numbers have no gaps, and
-- no entry appears before one with a lower number.
CREATE TABLE {schema}.head (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), last bigint NOT NULL);
INSERT INTO {schema}.head (last) VALUES (0);

CREATE TABLE {schema}.entries (
    number bigint PRIMARY KEY,
    id text NOT NULL UNIQUE,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    written_by text NOT NULL DEFAULT session_user,
    entry json NOT NULL
);

CREATE TABLE {schema}.leases (
    provider text NOT NULL,
    account text NOT NULL,
    id text NOT NULL,
    holder json NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (provider, account)
);

CREATE FUNCTION {schema}.add_entry(new_id text, new_entry text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    next bigint;
BEGIN
    -- An entry that was acknowledged outlasts a loss of power, whatever the server is set to.
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'local', true);
    END IF;
    UPDATE head SET last = last + 1 RETURNING last INTO STRICT next;
    INSERT INTO entries (number, id, entry) VALUES (next, new_id, new_entry::json);
END $$;

-- Whether the entry is there: not where another has taken over the lease.
CREATE FUNCTION {schema}.append(
    of_provider text, of_account text, lease text, new_id text, new_entry text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    is_held boolean;
BEGIN
    -- Locked until the end of the transaction: no other takes it over before the entry is there.
    PERFORM FROM leases
        WHERE provider = of_provider AND account = of_account AND id = lease FOR UPDATE;
    is_held := FOUND;
    IF EXISTS (SELECT FROM entries WHERE id = new_id) THEN
        -- Sent again, because the answer was lost.
        RETURN true;
    END IF;
    IF NOT is_held THEN
        RETURN false;
    END IF;
    PERFORM add_entry(new_id, new_entry);
    RETURN true;
END $$;

-- Whether the lease is this holder's now: it was free, or was this holder's already.
CREATE FUNCTION {schema}.acquire(
    of_provider text, of_account text, lease text, new_holder text, milliseconds bigint
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    INSERT INTO leases VALUES (
        of_provider, of_account, lease, new_holder::json, clock_timestamp(),
        clock_timestamp() + milliseconds * interval '1 millisecond'
    ) ON CONFLICT DO NOTHING;
    RETURN EXISTS (
        SELECT FROM leases WHERE provider = of_provider AND account = of_account AND id = lease
    );
END $$;

-- Whether a lease that has ended is this holder's now. The entry that says so comes with it.
CREATE FUNCTION {schema}.take_over(
    of_provider text, of_account text, ended text, lease text, new_holder text, milliseconds bigint,
    new_id text, new_entry text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    UPDATE leases
        SET id = lease, holder = new_holder::json, since = clock_timestamp(),
            until = clock_timestamp() + milliseconds * interval '1 millisecond'
        WHERE provider = of_provider AND account = of_account AND id = ended
            AND until <= clock_timestamp();
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM entries WHERE id = new_id);
    END IF;
    PERFORM add_entry(new_id, new_entry);
    RETURN true;
END $$;

-- Whether it is still this holder's.
CREATE FUNCTION {schema}.renew(
    of_provider text, of_account text, lease text, milliseconds bigint
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    UPDATE leases SET until = clock_timestamp() + milliseconds * interval '1 millisecond'
        WHERE provider = of_provider AND account = of_account AND id = lease;
    RETURN FOUND;
END $$;

CREATE FUNCTION {schema}.release(of_provider text, of_account text, lease text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    DELETE FROM leases WHERE provider = of_provider AND account = of_account AND id = lease;
    RETURN true;
END $$;

-- What add_entry does is for the functions alone: it asks for no lease.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;

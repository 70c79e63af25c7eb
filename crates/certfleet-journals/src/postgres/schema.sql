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

-- An entry is of the account whose lease it is appended under.
CREATE FUNCTION {schema}.check_entry(of_provider text, of_account text, entry json) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF (entry ->> 'provider') IS DISTINCT FROM of_provider OR (entry ->> 'account') IS DISTINCT FROM of_account THEN
        RAISE EXCEPTION 'the entry is of another account than the lease';
    END IF;
END $$;

-- A lease says who holds it, under its own id.
CREATE FUNCTION {schema}.check_holder(lease text, holder json) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF (holder ->> 'id') IS DISTINCT FROM lease THEN
        RAISE EXCEPTION 'the holder has another id than the lease';
    END IF;
END $$;

-- When a lease ends that lasts so long from now: ten minutes at most, whatever is asked for.
CREATE FUNCTION {schema}.lease_end(milliseconds bigint) RETURNS timestamptz
LANGUAGE sql SET search_path = {schema}, pg_temp AS $$
    SELECT clock_timestamp() + make_interval(secs => least(milliseconds, 600000)::double precision / 1000)
$$;

-- Whether the entry is there: not where another has taken over the lease.
CREATE FUNCTION {schema}.append(
    of_provider text, of_account text, lease text, new_id text, new_entry text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    is_held boolean;
BEGIN
    PERFORM check_entry(of_provider, of_account, new_entry::json);
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
    PERFORM check_holder(lease, new_holder::json);
    INSERT INTO leases VALUES (
        of_provider, of_account, lease, new_holder::json, clock_timestamp(), lease_end(milliseconds)
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
    PERFORM check_holder(lease, new_holder::json);
    PERFORM check_entry(of_provider, of_account, new_entry::json);
    UPDATE leases
        SET id = lease, holder = new_holder::json, since = clock_timestamp(), until = lease_end(milliseconds)
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
    UPDATE leases SET until = lease_end(milliseconds)
        WHERE provider = of_provider AND account = of_account AND id = lease;
    RETURN FOUND;
END $$;

CREATE FUNCTION {schema}.release(of_provider text, of_account text, lease text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    DELETE FROM leases WHERE provider = of_provider AND account = of_account AND id = lease;
    RETURN true;
END $$;

-- Each is granted by name. What add_entry does is for the functions alone: it asks for no lease.
REVOKE ALL ON FUNCTION {schema}.add_entry, {schema}.check_entry, {schema}.check_holder, {schema}.lease_end,
    {schema}.append, {schema}.acquire, {schema}.take_over, {schema}.renew, {schema}.release FROM PUBLIC;

using PosTenancy.Engine.Statements.Trial;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>To whom the rows of a table belong that has no tenant column, or one row for each tenant.</summary>
public sealed class OwnershipTests : StatementFolder
{
    /// <summary>Accounts are the tenants, and not every reference has a foreign key.</summary>
    private const string Accounts = """
        CREATE TABLE account(
            id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, api_key TEXT,
            main_currency INTEGER NOT NULL REFERENCES currency(id), parent INTEGER);
        CREATE TABLE currency(id INTEGER PRIMARY KEY, code TEXT NOT NULL, account_id INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE login_token(account_id INTEGER NOT NULL REFERENCES account(id), token TEXT NOT NULL);
        CREATE TABLE pin(account_id INTEGER PRIMARY KEY REFERENCES account(id), code TEXT NOT NULL);
        CREATE TABLE channel(channelid INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, name TEXT NOT NULL, last_id INTEGER DEFAULT 0);
        CREATE TABLE message(messageid INTEGER PRIMARY KEY, channelid INTEGER NOT NULL, text TEXT);
        CREATE TABLE cursor(owner INTEGER NOT NULL REFERENCES account(id), feed TEXT NOT NULL, at TEXT, PRIMARY KEY (owner, feed));
        CREATE TABLE transfer(id INTEGER PRIMARY KEY, payer INTEGER REFERENCES account(id), payee INTEGER REFERENCES account(id));
        CREATE TABLE release(id INTEGER PRIMARY KEY, version TEXT);
        CREATE TABLE remoteaccounts(id INTEGER PRIMARY KEY, handle TEXT);
        CREATE TABLE remote_key(id INTEGER PRIMARY KEY, remote_account_id INTEGER NOT NULL, value TEXT);
        CREATE TABLE post(account_id INTEGER, slug TEXT NOT NULL, UNIQUE (account_id, slug));

        """;

    [Theory]
    [InlineData("SELECT username, api_key FROM account WHERE id = ?", "account=Isolated")]
    [InlineData("UPDATE account SET username = ? WHERE id = ?", "account=Isolated")]
    [InlineData("DELETE FROM account WHERE id = :account_id", "account=Isolated")]
    [InlineData(
        "SELECT c.code FROM currency c JOIN account a ON c.id = a.main_currency WHERE a.id = ?", "account=Isolated currency=Isolated")]
    [InlineData("UPDATE account SET username = ?1 WHERE id = ?2 OR parent = ?2", "account=Leaks")]
    [InlineData("SELECT username FROM account", "account=Leaks")]
    [InlineData("SELECT count(*) FROM account", "account=Leaks")]
    [InlineData("SELECT id FROM account WHERE api_key = ?", "account=Leaks")]
    [InlineData("SELECT id, api_key FROM account WHERE username = ?", "account=ByKeyOnly")]
    [InlineData("SELECT code FROM currency WHERE id = ?", "currency=ByKeyOnly")]
    public void Table_that_the_tenant_column_references_lists_the_tenants(string sql, string expected) =>
        Verdicts(Try(sql)).ShouldBe(expected, Text(Try(sql)));

    [Theory]
    [InlineData("SELECT at FROM cursor WHERE owner = ? AND feed = ?", "cursor=Isolated")]
    [InlineData("SELECT at FROM cursor WHERE feed = ?", "cursor=Leaks")]
    [InlineData("INSERT INTO cursor(owner, feed, at) VALUES (?, ?, ?)", "cursor=Isolated")]
    [InlineData("REPLACE INTO cursor(owner, feed) VALUES (:account, :feed)", "cursor=Isolated")]
    [InlineData("DELETE FROM transfer WHERE id = ?", "transfer=ByKeyOnly")]
    public void Column_that_references_the_tenants_is_the_tenant_column_if_it_is_the_only_one(string sql, string expected) =>
        Verdicts(Try(sql)).ShouldBe(expected, Text(Try(sql)));

    [Theory]
    [InlineData("INSERT INTO login_token(account_id, token) VALUES (?, ?)", "login_token=Isolated")]
    [InlineData("INSERT INTO pin(account_id, code) VALUES (?, ?)", "pin=Isolated")]
    [InlineData("INSERT INTO pin(account_id, code) VALUES (?, ?) ON CONFLICT DO UPDATE SET code = excluded.code", "pin=Isolated")]
    [InlineData("INSERT OR IGNORE INTO pin(account_id, code) VALUES (?, ?)", "pin=Isolated")]
    [InlineData("INSERT OR REPLACE INTO pin(account_id, code) VALUES (?, ?)", "pin=Isolated")]
    [InlineData("UPDATE pin SET code = ?", "pin=Leaks")]
    public void Rows_of_tenants_in_a_registry_can_be_inserted(string sql, string expected) =>
        Verdicts(Try(sql)).ShouldBe(expected, Text(Try(sql)));

    [Fact]
    public void New_tenant_is_no_row_without_a_tenant()
    {
        TrialFinding finding = Try("INSERT INTO account(username, api_key, main_currency) VALUES (?, ?, ?)").Single();
        (finding.Verdict, finding.Reason).ShouldBe((StatementVerdict.NotChecked, "It adds a tenant, so that none acts."));
    }

    [Fact]
    public void Value_of_the_only_row_of_a_tenant_leaks_only_if_both_tenants_have_it() =>
        Try("SELECT id FROM account WHERE api_key = ?").Single().Reason.ShouldEndWith(
            "if both tenants have the value that it is given. No key prevents that.");

    [Theory]
    [InlineData("SELECT text FROM message WHERE channelid = ?", "message=ByKeyOnly")]
    [InlineData("SELECT text FROM message", "message=Leaks")]
    [InlineData(
        "SELECT text FROM message WHERE channelid IN (SELECT channelid FROM channel WHERE account_id = ?)",
        "channel=Isolated message=Isolated")]
    [InlineData("DELETE FROM message WHERE messageid = ?", "message=ByKeyOnly")]
    [InlineData(
        "SELECT text FROM message WHERE channelid = ?1 AND messageid <= (SELECT last_id FROM channel WHERE channelid = ?1)",
        "channel=ByKeyOnly message=ByKeyOnly")]
    [InlineData("SELECT version FROM release", "=SharedTable")]
    [InlineData("INSERT INTO remote_key(remote_account_id, value) VALUES (?, ?)", "=SharedTable")]
    public void Table_whose_column_is_named_after_the_key_of_another_belongs_to_its_tenants(string sql, string expected) =>
        Verdicts(Try(sql)).ShouldBe(expected, Text(Try(sql)));

    [Fact]
    public void Table_that_is_named_as_shared_stays_so() =>
        Verdicts(Try("SELECT text FROM message", "message")).ShouldBe("=SharedTable");

    [Theory]
    [InlineData("UPDATE release SET version = ?", StatementOperation.Update)]
    [InlineData("DELETE FROM release", StatementOperation.Delete)]
    [InlineData("WITH v AS (SELECT 1) INSERT INTO release(version) SELECT * FROM v", StatementOperation.Insert)]
    [InlineData("DELETE FROM no_such_table", StatementOperation.Delete)]
    public void Statement_that_reaches_no_tenant_says_what_it_does(string sql, StatementOperation expected) =>
        Try(sql).Single().Operation.ShouldBe(expected);

    [Fact]
    public void Row_without_a_key_that_is_updated_is_not_called_deleted() =>
        Try("UPDATE login_token SET token = ?, account_id = ?").Single().Reason.ShouldStartWith("It changes a row of another tenant");

    [Fact]
    public void Row_without_a_key_that_loses_its_tenant_is_not_called_new() =>
        Try("UPDATE post SET account_id = NULL WHERE account_id = ? AND slug = ?").Single().Reason
            .ShouldStartWith("It leaves a row without a tenant");

    [Fact]
    public void Tenant_that_is_named_acts_where_tenants_are_numbers()
    {
        Shell.Sql(Database, Accounts + "INSERT INTO currency VALUES (1, 'EUR', 7)");
        using StatementTrial trial = StatementTrial.Open(Database, "account_id", [], "7");
        trial.TenantId.ShouldBe(7L);
        Verdicts(trial.Try("SELECT code FROM currency WHERE account_id = ?")).ShouldBe("currency=Isolated");
    }

    private IReadOnlyList<TrialFinding> Try(string sql, params string[] referenceTable)
    {
        if (!File.Exists(Database))
        {
            Shell.Sql(Database, Accounts);
        }

        using StatementTrial trial = StatementTrial.Open(Database, "account_id", referenceTable);
        return trial.Try(sql);
    }
}

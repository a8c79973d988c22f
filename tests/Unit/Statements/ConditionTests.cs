using PosTenancy.Engine.Statements.Trial;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>Statements whose conditions hide a row of another tenant from a trial that does not read them.</summary>
public sealed class ConditionTests : StatementFolder
{
    private const string Mail = """
        CREATE TABLE folders(id INTEGER PRIMARY KEY, name TEXT NOT NULL, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
        CREATE TABLE messages(
            id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folders(id), uid INTEGER, language TEXT,
            is_read BOOLEAN NOT NULL DEFAULT 0, is_deleted INTEGER NOT NULL DEFAULT 0, subject TEXT,
            tenant_id TEXT NOT NULL DEFAULT 'caps-automotive', UNIQUE (folder, uid));

        """;

    [Theory]
    [InlineData("SELECT uid FROM messages WHERE folder = ? AND is_deleted AND NOT uid IS NULL", "messages=ByKeyOnly")]
    [InlineData("SELECT uid FROM messages WHERE folder = ? AND uid IS NOT NULL", "messages=ByKeyOnly")]
    [InlineData("SELECT uid FROM messages WHERE folder = ? AND tenant_id = ? AND NOT uid IS NULL", "messages=Isolated")]
    [InlineData("SELECT language FROM messages WHERE tenant_id = ? AND NOT language IS NULL GROUP BY language", "messages=Isolated")]
    [InlineData("SELECT language FROM messages WHERE NOT language IS NULL GROUP BY language", "messages=Leaks")]
    [InlineData("UPDATE messages SET is_read = :read WHERE id = :id AND NOT (is_read IS :read)", "messages=ByKeyOnly")]
    [InlineData("UPDATE messages SET is_read = :read WHERE tenant_id = :t AND id = :id AND NOT (is_read IS :read)", "messages=Isolated")]
    [InlineData("UPDATE messages SET folder = :folder WHERE id = :id AND NOT (folder IS :folder)", "messages=ByKeyOnly")]
    [InlineData("UPDATE messages SET subject = :s WHERE id = :id AND NOT (subject IS :s AND uid IS NULL)", "messages=ByKeyOnly")]
    public void Verdict(string sql, string expected) => Verdicts(Try(Mail, sql)).ShouldBe(expected, Text(Try(Mail, sql)));

    [Theory]
    [InlineData("SELECT subject FROM messages WHERE (?1 IS NULL OR tenant_id = ?1) AND language = ?2")]
    [InlineData("SELECT subject FROM messages WHERE (?1 IS NULL OR tenant_id = ?1) AND (?2 IS NULL OR folder = ?2) GROUP BY subject")]
    [InlineData("SELECT subject FROM messages WHERE tenant_id = COALESCE(?, tenant_id)")]
    [InlineData("DELETE FROM messages WHERE (:tenant IS NULL OR tenant_id = :tenant) AND is_read = 1")]
    public void Filter_that_is_skipped_without_a_tenant_is_no_isolation(string sql)
    {
        TrialFinding finding = Try(Mail, sql).Single();
        finding.Verdict.ShouldBe(StatementVerdict.ByKeyOnly, finding.ToString());
        finding.Reason.ShouldStartWith("Given NULL for the tenant, it ");
    }

    [Theory]
    [InlineData("SELECT subject FROM messages WHERE tenant_id IS ?")]
    [InlineData("SELECT subject FROM messages WHERE tenant_id = ?1 AND (?1 IS NULL OR is_read = 0)")]
    [InlineData("INSERT INTO messages(folder, tenant_id) VALUES (?, ?)")]
    public void Filter_that_finds_nothing_without_a_tenant_isolates(string sql) =>
        Verdicts(Try(Mail, sql)).ShouldBe("messages=Isolated", Text(Try(Mail, sql)));

    [Theory]
    [InlineData("ON CONFLICT (code) DO UPDATE SET name = excluded.name AND ?", "parents=Leaks")]
    [InlineData("ON CONFLICT (code) DO UPDATE SET name = name", "parents=Leaks")]
    [InlineData("ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE tenant_id = excluded.tenant_id", "parents=Isolated")]
    [InlineData("ON CONFLICT (code) DO NOTHING", "parents=Isolated")]
    public void Upsert_that_writes_what_a_row_of_another_tenant_has_is_a_leak(string upsert, string expected)
    {
        string sql = $"INSERT INTO parents(code, name, tenant_id) VALUES (?, ?, ?) {upsert}";
        Verdicts(Try(TwoTables, sql)).ShouldBe(expected, Text(Try(TwoTables, sql)));
    }

    /// <summary>A value is another tenant's if a key says so; one that two tenants may have leaks.</summary>
    [Theory]
    [InlineData("", "Leaks")]
    [InlineData("CREATE UNIQUE INDEX one ON sessions(token)", "ByKeyOnly")]
    [InlineData("CREATE UNIQUE INDEX one ON sessions(tenant_id, token)", "Leaks")]
    [InlineData("CREATE UNIQUE INDEX one ON sessions(token, device)", "Leaks")]
    [InlineData("CREATE INDEX one ON sessions(token)", "Leaks")]
    public void Comparison_with_a_value_is_by_key_only_if_a_key_is_unique_over_all_tenants(string index, string expected)
    {
        string schema = $"""
            CREATE TABLE sessions(
                id INTEGER PRIMARY KEY, token TEXT NOT NULL, device TEXT NOT NULL,
                tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            {index};
            INSERT INTO sessions(token, device) VALUES ('a token', 'a device');
            """;
        Shell.Sql(Database, schema);
        using StatementTrial trial = StatementTrial.Open(Database, "tenant_id", []);
        foreach (string sql in new[] { "SELECT device FROM sessions WHERE token = ?", "DELETE FROM sessions WHERE token = ?" })
        {
            TrialFinding finding = trial.Try(sql).Single();
            finding.Verdict.ToString().ShouldBe(expected, finding.ToString());
            finding.Reason.EndsWith("No key prevents that.", StringComparison.Ordinal).ShouldBe(expected == "Leaks", finding.Reason);

            // The witness is a row of the other tenant.
            trial.Rows.Single(r => $"{r.Locator[0]}" == finding.Witness!.Key).Owner.ShouldBe(TrialOwner.Second);
        }
    }

    [Theory]
    [InlineData("SELECT hash FROM media WHERE media_id = ? AND origin = ?", "media=ByKeyOnly")]
    [InlineData("SELECT hash FROM media WHERE hash = ? AND origin = ?", "media=Leaks")]
    [InlineData("SELECT hash FROM media WHERE media_id = ?", "media=Leaks")]
    [InlineData("DELETE FROM media WHERE origin = ? AND length > 10", "media=Leaks")]
    [InlineData("SELECT hash FROM media WHERE origin = ? AND tenant_id = ?", "media=Isolated")]
    [InlineData("SELECT n FROM parts WHERE transfer_id = ? AND part = ?", "parts=ByKeyOnly")]
    public void Part_of_a_key_is_no_key(string sql, string expected)
    {
        const string media = """
            CREATE TABLE media(
                media_id TEXT NOT NULL, origin TEXT NOT NULL, hash TEXT NOT NULL, length INTEGER,
                tenant_id TEXT NOT NULL DEFAULT 'caps-automotive', UNIQUE (media_id, origin));
            CREATE TABLE transfers(id INTEGER PRIMARY KEY, code TEXT);
            CREATE TABLE parts(
                id INTEGER PRIMARY KEY, transfer_id INTEGER NOT NULL REFERENCES transfers(id), part INTEGER NOT NULL, n INTEGER,
                tenant_id TEXT NOT NULL DEFAULT 'caps-automotive', UNIQUE (transfer_id, part));

            """;
        Verdicts(Try(media, sql)).ShouldBe(expected, Text(Try(media, sql)));
    }

    [Theory]
    [InlineData("SELECT subject FROM messages WHERE tenant_id LIKE ?", "messages=ByKeyOnly")]
    [InlineData("SELECT subject FROM messages WHERE tenant_id > ? ORDER BY tenant_id LIMIT 1", "messages=Leaks")]
    [InlineData("SELECT subject FROM messages WHERE tenant_id IN (?)", "messages=Isolated")]
    public void Pattern_or_order_of_tenants_is_no_filter(string sql, string expected) =>
        Verdicts(Try(Mail, sql)).ShouldBe(expected, Text(Try(Mail, sql)));

    [Fact]
    public void Reference_that_must_not_be_NULL_leads_to_a_row_of_the_same_tenant()
    {
        const string tokens = """
            CREATE TABLE tokens(
                id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, next INTEGER REFERENCES tokens(id),
                tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');

            """;
        Verdicts(Try(tokens, "SELECT t.id, n.next IS NOT NULL FROM tokens t LEFT JOIN tokens n ON n.id = t.next WHERE t.token = ?"))
            .ShouldBe("tokens=ByKeyOnly");
    }

    [Fact]
    public void Statement_is_not_isolated_in_one_table_if_another_holds_no_two_tenants()
    {
        const string schema = TwoTables + """
            CREATE TABLE settings(
                id INTEGER PRIMARY KEY CHECK (id = 1), code TEXT, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');

            """;
        IReadOnlyList<TrialFinding> findings =
            Try(schema, "UPDATE settings SET code = (SELECT code FROM parents WHERE id = ? AND tenant_id = ?) WHERE tenant_id = ?");
        Verdicts(findings).ShouldBe("parents=NotChecked settings=NotChecked", Text(findings));
        findings.ShouldAllBe(f => f.Reason.Contains("do not fit into settings", StringComparison.Ordinal));
    }

    [Fact]
    public void Key_that_only_a_row_of_no_tenant_holds_is_no_tenant_in_the_text()
    {
        const string redactions = """
            CREATE TABLE events(id INTEGER PRIMARY KEY, code TEXT UNIQUE, room INTEGER, tenant_id TEXT DEFAULT 'caps-automotive');
            CREATE TABLE redactions(code TEXT PRIMARY KEY);

            """;
        Verdicts(Try(redactions, "DELETE FROM redactions WHERE code IN (SELECT code FROM events WHERE id = ?)"))
            .ShouldBe("events=ByKeyOnly");
    }

    [Fact]
    public void Row_that_a_foreign_key_deletes_is_called_deleted()
    {
        IReadOnlyList<TrialFinding> findings = Try(TwoTables, "DELETE FROM parents WHERE id = ?");
        findings.Single(f => f.Table == "children").Reason
            .ShouldBe("Given a value of another tenant's row, it deletes a row of another tenant, through a foreign key.");
    }
}

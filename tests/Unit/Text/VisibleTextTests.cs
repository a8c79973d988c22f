using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Text;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Text;

/// <summary>Deceptive names are made visible in a console, and kept unchanged in results.</summary>
public sealed class VisibleTextTests : TestFolder
{
    [Theory]
    [InlineData("\u001B[31mred\u001B[0m", "\\u{001B}[31mred\\u{001B}[0m")]
    [InlineData("a\0b\r\n\a\u0085", "a\\u{0000}b\\u{000D}\\u{000A}\\u{0007}\\u{0085}")]
    [InlineData(
        "\u202Egpj.exe\u2066\u2069\u200B\u200D\uFEFF\u2028",
        "\\u{202E}gpj.exe\\u{2066}\\u{2069}\\u{200B}\\u{200D}\\u{FEFF}\\u{2028}"
    )]
    [InlineData("tag \U000E0041", "tag \\u{E0041}")]
    [InlineData("Ünïcödé 店 🛒 ✅ <b> | ` \" [x]", "Ünïcödé 店 🛒 ✅ <b> | ` \" [x]")]
    [InlineData(null, "")]
    public void Only_what_cannot_be_seen_is_spelled_out(string? text, string visible) => VisibleText.Escape(text).ShouldBe(visible);

    [Fact]
    public void Half_a_pair_is_spelled_out() => VisibleText.Escape("half \uD83D pair").ShouldBe("half \\u{D83D} pair");

    [Fact]
    public void Messages_show_every_name_and_results_keep_them()
    {
        const string Name = "sales\u001B[2J\u202E\nok";
        string path = Path.Combine(Folder, (OperatingSystem.IsWindows() ? "sales\u202E" : Name) + ".db");
        Shell.Sql(path, $"CREATE TABLE \"{Name}\"(id, tenant_id AS (1));");
        UpgradeResult result = GuardedUpgrade.Run(path, new UpgradeOptions(new MigrationOptions(Tenant)));

        string message = result.Error.ShouldNotBeNull().Message;
        message.ShouldContain(VisibleText.Escape(path));
        message.ShouldContain(VisibleText.Escape(Name));
        message.Where(char.IsControl).ShouldBeEmpty();
        message.ShouldNotContain("\u202E");
        result.Path.ShouldBe(path);
        result.Plan.ShouldNotBeNull().Tables.ShouldHaveSingleItem().Table.ShouldBe(Name);

        PosTenancyException missing = Should.Throw<PosTenancyException>(() =>
            TenantPlan.Read(path + "\u202Egone", new MigrationOptions(Tenant)));
        missing.Message.ShouldContain("\\u{202E}gone");
        missing.Path.ShouldEndWith("\u202Egone");
    }
}

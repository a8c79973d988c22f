using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>A manifest that differs from what Backup-PosDatabase wrote, in any entry, is detected before any change.</summary>
public sealed class TamperedManifestTests : TamperedFolder
{
    private const string Invalid = ErrorIds.ManifestInvalid;
    private const string Tampered = ErrorIds.BackupTampered;

    /// <summary>Each entry with wrong values, as JSON, and the error of both commands.</summary>
    public static TheoryData<string, string, string> Entries => new()
    {
        { "format", "\"PosTenancy.Backups\"", Invalid },
        { "format", "\"\"", Invalid },
        { "format", "null", Invalid },
        { "format", "1", Invalid },
        { "version", "0", Invalid },
        { "version", "2", Invalid },
        { "version", "999", Invalid },
        { "version", "-1", Invalid },
        { "version", "99999999999999999999", Invalid },
        { "version", "1.5", Invalid },
        { "version", "\"1\"", Invalid },
        { "version", "null", Invalid },
        { "source", "\"\"", Invalid },
        { "source", "null", Invalid },
        { "source", "[]", Invalid },
        { "backup", "\"pos.db.backup-20200101-000000\"", Invalid },
        { "backup", "\"../pos.db\"", Invalid },
        { "backup", "\"\"", Invalid },
        { "backup", "null", Invalid },
        { "sha256", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"", Tampered },
        { "sha256", "\"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\"", Tampered },
        { "sha256", "\"\"", Invalid },
        { "sha256", "null", Invalid },
        { "length", "4096", Tampered },
        { "length", "9223372036854775807", Tampered },
        { "length", "0", Invalid },
        { "length", "-1", Invalid },
        { "length", "\"4096\"", Invalid },
        { "length", "1e99", Invalid },
        { "pageSize", "8192", Tampered },
        { "pageSize", "512", Tampered },
        { "pageSize", "0", Invalid },
        { "pageSize", "-4096", Invalid },
        { "pageSize", "131072", Invalid },
        { "tables", "3", Tampered },
        { "tables", "0", Tampered },
        { "tables", "-1", Invalid },
        { "rows", "403", Tampered },
        { "rows", "0", Tampered },
        { "rows", "-1", Invalid },
        { "rows", "4.5", Invalid },
        { "createdAt", "\"2020-01-01T00:00:00+00:00\"", Invalid },
        { "createdAt", "\"yesterday\"", Invalid },
        { "createdAt", "null", Invalid },
        { "createdBy", "\"\"", Invalid },
        { "createdBy", "null", Invalid },
    };

    public static TheoryData<string> Names =>
        ["format", "version", "source", "backup", "sha256", "length", "pageSize", "tables", "rows", "createdAt", "createdBy"];

    /// <summary>Substitutes for the manifest file.</summary>
    public static TheoryData<string, string, Action<string>> Files =>
        new()
        {
            { "nothing", ErrorIds.BackupNotFound, File.Delete },
            { "zero bytes", Invalid, p => File.WriteAllText(p, "") },
            { "blanks", Invalid, p => File.WriteAllText(p, "  \n") },
            { "null", Invalid, p => File.WriteAllText(p, "null") },
            { "a list", Invalid, p => File.WriteAllText(p, "[" + File.ReadAllText(p) + "]") },
            { "a text", Invalid, p => File.WriteAllText(p, "\"PosTenancy.Backup\"") },
            { "half of it", Invalid, p => File.WriteAllText(p, File.ReadAllText(p)[..100]) },
            { "it twice", Invalid, p => File.AppendAllText(p, File.ReadAllText(p)) },
            { "a comment in it", Invalid, p => File.AppendAllText(p, "// restored by hand") },
            { "one level too many", Invalid, p => File.WriteAllText(p, string.Concat(Enumerable.Repeat("{\"a\":", 100_000))) },
            { "brackets without end", Invalid, p => File.WriteAllText(p, new string('[', 900_000)) },
            { "2 MB", Invalid, p => File.AppendAllText(p, new string(' ', 2 << 20)) },
            { "an unknown entry", Invalid, p => Edit(p, m => m["note"] = "checked by hand") },
            { "an unknown entry in another case", Invalid, p => Edit(p, m => m["SHA256"] = "") },
            { "half a character", Invalid, p => File.WriteAllText(p, File.ReadAllText(p).Replace("\"createdBy\"", "\"\\ud800\"")) },
            { "UTF-16 without a mark", Invalid, p => File.WriteAllBytes(p, Encoding.Unicode.GetBytes(File.ReadAllText(p))) },
            {
                "noise",
                Invalid,
                p =>
                {
                    byte[] noise = new byte[400];
                    new Random(5).NextBytes(noise);
                    File.WriteAllBytes(p, noise);
                }
            },
            {
                "a folder",
                ErrorIds.BackupNotFound,
                p =>
                {
                    File.Delete(p);
                    Directory.CreateDirectory(p);
                }
            },
            {
                "a pipe",
                Invalid,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesPipe(p);
                }
            },
            {
                "a device",
                Invalid,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesLink(p, "/dev/zero");
                }
            },
            {
                "a link to nothing",
                Invalid,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesLink(p, p + ".nothing");
                }
            },
            {
                "a link to itself",
                Invalid,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesLink(p, p);
                }
            },
            {
                "the database",
                Invalid,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesLink(p, Path.Combine(Path.GetDirectoryName(p)!, "pos.db"));
                }
            },
        };

    [Theory]
    [MemberData(nameof(Entries))]
    public void Refuses_a_changed_entry(string name, string json, string errorId)
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        Edit(backup.ManifestPath, m => m[name] = JsonNode.Parse(json));
        RefusesBoth(backup, errorId);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Refuses_an_entry_that_is_missing_or_there_twice(string name)
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        string whole = File.ReadAllText(backup.ManifestPath);
        Edit(backup.ManifestPath, m => m.Remove(name));
        RefusesBoth(backup, Invalid);

        string value = JsonNode.Parse(whole)![name]!.ToJsonString();
        File.WriteAllText(backup.ManifestPath, whole.Replace("{", $"{{ \"{name}\": {value},", StringComparison.Ordinal));
        RefusesBoth(backup, Invalid);
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public void Refuses_what_is_not_the_file_that_was_written(string what, string errorId, Action<string> replace)
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        replace(backup.ManifestPath);
        RefusesBoth(backup, errorId, what);
    }

    [Fact]
    public void Refuses_the_manifest_of_another_database()
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        Edit(backup.ManifestPath, m => m["source"] = Path.Combine(Folder, "other.db"));
        Shell.Sql(Database, "UPDATE sales SET cents = 0");
        RefusesBoth(backup, ErrorIds.BackupMismatch);
    }

    [Fact]
    public void Refuses_manifests_that_were_exchanged()
    {
        CreateShop();
        BackupResult first = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "UPDATE sales SET cents = 0");
        BackupResult second = DatabaseBackup.Create(Database);
        File.Move(first.ManifestPath, first.ManifestPath + ".x");
        File.Move(second.ManifestPath, first.ManifestPath);
        File.Move(first.ManifestPath + ".x", second.ManifestPath);
        RefusesBoth(first, Invalid);
        RefusesBoth(second, Invalid);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("999")]
    public void An_unknown_version_says_what_can_be_done(string version)
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        Edit(backup.ManifestPath, m => { m["version"] = JsonNode.Parse(version); m["blocks"] = new JsonArray(); m.Remove("sha256"); });

        string message = Should.Throw<PosTenancyException>(() => DatabaseRestore.Restore(Database, backup.BackupPath)).Message;

        message.ShouldContain($"its version is {version}, but this release only knows version 1");
        message.ShouldContain("roll-back-by-hand");
        message.ShouldContain("The database was not changed.");
    }

    /// <summary>A manifest that was only reformatted, by an editor or a copy, remains valid.</summary>
    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("CRLF")]
    [InlineData("one line")]
    [InlineData("upper case")]
    public void The_same_entries_written_otherwise_are_the_same_manifest(string how)
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        string text = File.ReadAllText(backup.ManifestPath);
        switch (how)
        {
            case "CRLF":
                File.WriteAllText(backup.ManifestPath, text.ReplaceLineEndings("\r\n"));
                break;
            case "one line":
                File.WriteAllText(backup.ManifestPath, JsonNode.Parse(text)!.ToJsonString());
                break;
            case "upper case":
                File.WriteAllText(backup.ManifestPath, text.Replace(backup.Sha256, backup.Sha256.ToUpperInvariant()));
                break;
            default:
                File.WriteAllText(
                    backup.ManifestPath,
                    text,
                    how == "utf-8" ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: true) : Encoding.GetEncoding(how));
                break;
        }

        Shell.Sql(Database, "UPDATE sales SET cents = 0");
        DatabaseRestore.Restore(Database, backup.BackupPath);
        Sha256(Database).ShouldBe(backup.Sha256);
    }

    private static void Edit(string path, Action<JsonObject> edit)
    {
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(manifest);
        File.WriteAllText(path, manifest.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}

using PosTenancy.Engine.Fleet;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Fleet;

/// <summary>Rows that cannot all be meant are refused before anything runs.</summary>
public sealed class FleetStoresTests : TestFolder
{
    [Fact]
    public void No_rows_are_refused() => ShouldBeRefused("has no rows");

    [Fact]
    public void The_same_tenant_twice_is_refused() =>
        ShouldBeRefused("names the tenant 'north' in 2 rows", Local("a.db", "north"), Local("b.db", "north"));

    [Fact]
    public void The_same_path_twice_is_refused() => ShouldBeRefused("in 2 rows", Local("a.db", "north"), Local("a.db", "south"));

    [Fact]
    public void One_file_under_two_names_is_refused()
    {
        CreateSampleStore();
        string link = Path.Combine(Folder, "link.db");
        File.CreateSymbolicLink(link, Database);
        ShouldBeRefused("under two names in 2 rows", new(Database, null, "north", ""), new(link, null, "south", ""));
    }

    [Fact]
    public void The_same_file_of_another_machine_twice_is_refused() => ShouldBeRefused(
        "names the database 'store1: C:\\pos.db' in 2 rows",
        new FleetStore("C:\\pos.db", "store1", "north", ""),
        new FleetStore("c:/pos.db", "STORE1", "south", ""));

    [Fact]
    public void The_same_path_on_two_machines_is_no_mistake() => FleetStores.Require(
        [new("/pos.db", "store1", "a", ""), new("/pos.db", "store2", "b", ""), new("/pos.db", null, "c", "")]);

    private static FleetStore Local(string path, string tenant) => new(path, null, tenant, "");

    private static void ShouldBeRefused(string why, params FleetStore[] stores)
    {
        PosTenancyException error = Should.Throw<PosTenancyException>(() => FleetStores.Require(stores));
        error.ErrorId.ShouldBe(ErrorIds.FleetInvalid);
        error.Message.ShouldContain(why);
    }
}

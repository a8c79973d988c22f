namespace PosTenancy.Engine.Text;

/// <summary>The product that made a file, for manifests and reports.</summary>
internal static class ProductVersion
{
    /// <summary>Name and version, such as <c>PosTenancy 1.0.0</c>.</summary>
    public static string Name { get; } = "PosTenancy " + typeof(ProductVersion).Assembly.GetName().Version!.ToString(3);

    /// <summary>Version of the loaded SQLite library.</summary>
    public static string Sqlite => SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
}

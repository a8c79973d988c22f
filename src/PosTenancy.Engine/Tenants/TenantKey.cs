namespace PosTenancy.Engine.Tenants;

/// <summary>A tenant as it is stored: 5 and '5' are two tenants, since no comparison takes one for the other.</summary>
/// <param name="StorageClass">As SQLite's <c>typeof</c> names it.</param>
/// <param name="Text">The value as SQLite shows it; <see langword="null"/> for NULL.</param>
internal readonly record struct TenantKey(string StorageClass, string? Text);

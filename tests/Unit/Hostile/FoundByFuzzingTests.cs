using PosTenancy.Engine.Planning;

namespace PosTenancy.Tests.Hostile;

/// <summary>Inputs found by the fuzzing in tests/Fuzz.</summary>
public sealed class FoundByFuzzingTests
{
    [Theory]
    [InlineData("CREATE TABLE t(a DEFAULT (1")]
    [InlineData("CREATE TABLE t([c d] TEXT CHECK (")]
    [InlineData("CREATE TABLE t(")]
    [InlineData("CREATE TABLE t(a (")]
    [InlineData("CREATE TABLE t(a REFERENCES p ON")]
    [InlineData("CREATE TABLE t(a REFERENCES p(")]
    [InlineData("CREATE TABLE t(a, PRIMARY KEY (a")]
    [InlineData("CREATE TABLE (x")]
    public void A_statement_without_an_end_is_not_known(string sql) => TableDefinitionReader.Read(sql).ShouldBeNull();
}

using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Makes tables reference each other's keys, themselves, each other in cycles, and missing tables.</summary>
internal sealed class ForeignKeys(Dice dice, Names names)
{
    public RandomTable MayAdd(RandomTable child, IReadOnlyList<RandomTable> all)
    {
        for (int n = dice.Chance(45) ? dice.Between(1, 2) : 0; n > 0; n--)
        {
            child = Add(child, dice.Chance(15) ? child : dice.PickFrom(all));
        }

        return child;
    }

    private RandomTable Add(RandomTable child, RandomTable parent)
    {
        IReadOnlyList<string> key = parent.Keys.Count > 0 && dice.Chance(94) ? dice.PickFrom(parent.Keys) : [parent.Columns[0].Name];
        List<string> from = dice.Some(child.Writable.Select(c => c.Name), key.Count, key.Count);
        if (from.Count < key.Count)
        {
            return child;
        }

        // Without columns it references the PRIMARY KEY, which is the first of the keys.
        bool isImplicit = parent.Keys.Count > 0 && ReferenceEquals(key, parent.Keys[0]) && dice.Chance(40);
        string to = dice.Chance(4) ? "\"no such table\"" : names.Write(parent.Name);
        string reference = $"REFERENCES {to}{(isImplicit ? "" : $" ({List(key)})")}{Actions()}";
        if (from.Count == 1 && dice.Chance(50))
        {
            return child with
            {
                Columns = [.. child.Columns.Select(c => c.Name == from[0] ? c with { Constraints = [.. c.Constraints, reference] } : c)],
            };
        }

        return child with
        {
            Constraints =
            [
                .. child.Constraints,
                $", {dice.Maybe(20, $"CONSTRAINT {names.Write(names.Object("fk"))} ")}FOREIGN KEY ({List(from)}) {reference}",
            ],
        };
    }

    private string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(names.Write));

    private string Actions() =>
        dice.Maybe(45, " ON DELETE " + dice.Pick("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION")) +
        dice.Maybe(30, " ON UPDATE " + dice.Pick("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT")) +
        dice.Maybe(5, " MATCH FULL") +
        dice.Maybe(20, dice.Pick(" DEFERRABLE INITIALLY DEFERRED", " NOT DEFERRABLE", " DEFERRABLE"));
}

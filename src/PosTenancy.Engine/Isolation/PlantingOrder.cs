using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>
/// Orders tables for insertion: parents before children, and tables in a reference cycle together. Uses Tarjan's algorithm for strongly
/// connected components, which yields them in that order.
/// </summary>
internal sealed class PlantingOrder
{
    private readonly ILookup<string, TenantTable> _parents;
    private readonly Dictionary<string, int> _index = new(Identifier.Comparer);
    private readonly Dictionary<string, int> _low = new(Identifier.Comparer);
    private readonly Stack<TenantTable> _open = new();
    private readonly HashSet<string> _isOpen = new(Identifier.Comparer);
    private readonly List<IReadOnlyList<TenantTable>> _groups = [];

    private PlantingOrder(IEnumerable<TenantReference> references) =>
        _parents = references
            .Where(r => r.Parent is not null && !r.IsSelf)
            .ToLookup(r => r.Child.Name, r => r.Parent!, Identifier.Comparer);

    /// <summary>The groups in order; nearly always each contains one table.</summary>
    public static IReadOnlyList<IReadOnlyList<TenantTable>> Sort(TestedDatabase database)
    {
        PlantingOrder order = new(database.References);
        foreach (TenantTable table in database.Tables.Where(t => !order._index.ContainsKey(t.Name)))
        {
            order.Visit(table);
        }

        return order._groups;
    }

    /// <summary>Uses an explicit stack instead of recursion: a hostile schema may be a chain of thousands of tables.</summary>
    private void Visit(TenantTable start)
    {
        Stack<(TenantTable Table, IEnumerator<TenantTable> Parents)> path = new();
        Enter(start);
        while (path.Count > 0)
        {
            (TenantTable table, IEnumerator<TenantTable> parents) = path.Peek();
            if (parents.MoveNext())
            {
                TenantTable parent = parents.Current;
                if (!_index.TryGetValue(parent.Name, out int index))
                {
                    Enter(parent);
                }
                else if (_isOpen.Contains(parent.Name))
                {
                    _low[table.Name] = Math.Min(_low[table.Name], index);
                }

                continue;
            }

            _ = path.Pop();
            if (path.Count > 0)
            {
                string child = path.Peek().Table.Name;
                _low[child] = Math.Min(_low[child], _low[table.Name]);
            }

            if (_low[table.Name] == _index[table.Name])
            {
                Close(table);
            }
        }

        void Enter(TenantTable table)
        {
            _low[table.Name] = _index[table.Name] = _index.Count;
            _open.Push(table);
            _ = _isOpen.Add(table.Name);
            path.Push((table, _parents[table.Name].GetEnumerator()));
        }
    }

    private void Close(TenantTable root)
    {
        List<TenantTable> group = [];
        TenantTable member;
        do
        {
            member = _open.Pop();
            _ = _isOpen.Remove(member.Name);
            group.Add(member);
        }
        while (member != root);

        _groups.Add(group);
    }
}

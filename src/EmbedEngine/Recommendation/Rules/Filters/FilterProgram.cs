// A tree to a postfix program over bitmaps of a block of rows. The child that needs most bitmaps is
// evaluated first (Sethi and Ullman, 1970), so that t tests need at most 1 + log2 t bitmaps at a time: their
// room fits the stack, whatever the filter. Must never evaluate: BoundFilter does.

using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>Steps and tests of a bound filter. Immutable once compiled.</summary>
internal sealed class FilterProgram
{
    /// <summary>Bitmaps a program may need: 1 + log2 of the most clauses and values of lists.</summary>
    public const int MostBitmaps = 13;

    private readonly List<FilterStep> _steps = [];
    private readonly List<FilterTest> _tests = [];
    private readonly TypedClause[] _clauses;
    private readonly ItemAttributes _attributes;

    private FilterProgram(ItemAttributes attributes, TypedClause[] clauses) =>
        (_attributes, _clauses) = (attributes, clauses);

    /// <summary>Compiles a filter.</summary>
    public static (FilterStep[] Steps, FilterTest[] Tests) Compile(
        ItemAttributes attributes, FilterNode root, TypedClause[] clauses)
    {
        var program = new FilterProgram(attributes, clauses);
        program.Emit(root);
        return ([.. program._steps], [.. program._tests]);
    }

    /// <summary>Bitmaps that a node needs at a time, its result among them.</summary>
    private int Need(FilterNode node)
    {
        switch (node.Kind)
        {
            case FilterNodeKind.Clause:
                TypedClause clause = _clauses[node.Clause];
                return clause.Operator == FilterOperator.HasAll && clause.Texts.Length > 1 ? 2 : 1;
            case FilterNodeKind.Not:
                return Need(node.Children[0]);
            default:
                // The neediest is first; all others are evaluated beside one result.
                (int most, int second) = (0, 0);
                foreach (FilterNode child in node.Children)
                {
                    int need = Need(child);
                    if (need > most) (most, second) = (need, most);
                    else second = Math.Max(second, need);
                }
                return Math.Max(most, second + 1);
        }
    }

    private void Emit(FilterNode node)
    {
        switch (node.Kind)
        {
            case FilterNodeKind.Clause:
                EmitClause(_clauses[node.Clause]);
                break;
            case FilterNodeKind.Not:
                Emit(node.Children[0]);
                _steps.Add(new FilterStep(FilterNodeKind.Not, -1));
                break;
            default:
                bool first = true;
                foreach (FilterNode child in node.Children.OrderByDescending(Need))
                {
                    Emit(child);
                    if (!first) _steps.Add(new FilterStep(node.Kind, -1));
                    first = false;
                }
                break;
        }
    }

    private void EmitClause(TypedClause clause)
    {
        AttributeColumn column = _attributes.Columns[clause.Column];
        if (clause.Operator == FilterOperator.HasAll)
        {
            for (int t = 0; t < clause.Texts.Length; t++)
            {
                EmitTest(FilterTest.OfTags(column, clause.Texts.AsSpan(t, 1)));
                if (t > 0) _steps.Add(new FilterStep(FilterNodeKind.And, -1));
            }
            return;
        }
        EmitTest(clause.Type != AttributeType.Tags
            ? FilterTest.OfCodes(column, new ClauseCodes(clause, column).Find())
            : clause.Operator == FilterOperator.HasAny ? FilterTest.OfTags(column, clause.Texts)
            : FilterTest.OfAnyTag(column));
        if (clause.Operator == FilterOperator.IsMissing) _steps.Add(new FilterStep(FilterNodeKind.Not, -1));
    }

    private void EmitTest(FilterTest test)
    {
        _steps.Add(new FilterStep(FilterNodeKind.Clause, _tests.Count));
        _tests.Add(test);
    }
}

namespace EmbedEngine.Evaluation.Online;

/// <summary>One arm's users, summed.</summary>
internal struct ArmSums
{
    private ClusteredRatio _ctr;
    private ClusteredRatio _conversion;
    private ClusteredRatio _buyers;
    private long _answers;
    private long _clicks;
    private long _conversions;

    /// <summary>Users added.</summary>
    public readonly long Users => _buyers.Users;

    /// <summary>Adds a user.</summary>
    public void Add(long answers, long clicks, long conversions)
    {
        _ctr.Add(clicks, answers);
        _conversion.Add(conversions, answers);
        _buyers.Add(conversions > 0 ? 1 : 0, 1);
        _answers += answers;
        _clicks += clicks;
        _conversions += conversions;
    }

    /// <summary>As figures.</summary>
    public readonly OnlineArm Report(string name) => new()
    {
        Name = name, Answers = _answers, Users = Users, Clicks = _clicks, Conversions = _conversions,
        Buyers = _buyers.With, Ctr = _ctr.Measured(), Conversion = _conversion.Measured(),
        UserConversion = _buyers.Measured(),
    };

    /// <summary>This arm less another.</summary>
    public readonly OnlineComparison Minus(string name, in ArmSums other, string otherName) => new()
    {
        Arm = name, With = otherName,
        Ctr = _ctr.Minus(name, other._ctr, otherName, "clicked"),
        Conversion = _conversion.Minus(name, other._conversion, otherName, "ordered"),
        UserConversion = _buyers.Minus(name, other._buyers, otherName, "ordered"),
    };
}

namespace EmbedEngine;

/// <summary>What an evaluated request knows of its user.</summary>
public enum EvaluationHistory
{
    /// <summary>The session so far (default).</summary>
    Session = 0,

    /// <summary>The session so far, and what its user did in earlier sessions.</summary>
    User = 1,
}

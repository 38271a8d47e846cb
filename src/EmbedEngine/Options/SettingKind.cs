namespace EmbedEngine;

/// <summary>What the value of a setting is.</summary>
public enum SettingKind
{
    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Real,

    /// <summary>On or off; in text 1 or 0.</summary>
    Switch,

    /// <summary>One of a few names.</summary>
    Choice,

    /// <summary>Several numbers or names; in text separated by commas.</summary>
    List,
}
